"""What people type after the commands of the charter, and which fields get what."""

from tests.features.typed_forms import NOTHING, Typed

TYPED: Typed = {
    "/coordinate charter": {"": {}, 'domain:"data pipelines"': {"domain": "data pipelines"}},
    "/cop about": NOTHING,
    "/cop help": {"": {}, "more": {"more": True}, "more:yes": {"more": "yes"}},
    "/cop home": NOTHING,
    "/cop me": {
        "": {},
        "I run the night builds": {"line": "I run the night builds"},
        "#airflow #testing": {"interests": ["#airflow", "#testing"]},
        "nights mostly #airflow": {"line": "nights mostly", "interests": ["#airflow"]},
        "expertise:sql,dbt zone:Africa/Accra contact:no buddy:yes": {
            "expertise": "sql,dbt",
            "zone": "Africa/Accra",
            "contact": "no",
            "buddy": "yes",
        },
    },
}
