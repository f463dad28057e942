"""Spaces, communities and people: who is where, and whose talk belongs to whom."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from storage.communities import (
    AccountRow,
    Community,
    CommunityRow,
    Directory,
    Member,
    MemberRow,
    Memberships,
    OwnershipRow,
    People,
    SpaceRow,
    Use,
)
from storage.session import orm_of
from storage.unit import Session, Units, changes_of
from tests.conftest import NOW
from tests.storage.arranging import Setting, setting

LATER = NOW + timedelta(days=1)


async def community(session: Session, there: Setting) -> Community:
    return await People(session, there.community).community()


async def home(session: Session, there: Setting, *channels: str) -> None:
    """Make these channels the home of a community."""
    await People(session, there.community).settle([there.channels[name] for name in channels])


async def own(session: Session, community: int, member: int, account: int) -> None:
    """Make an account a member's."""
    orm_of(session).add(OwnershipRow(account_id=account, community_id=community, member_id=member))
    await orm_of(session).flush()


def names(members: Sequence[Member]) -> list[str]:
    return [member.name for member in members]


# spaces ----------------------------------------------------------------------------------------------


async def test_a_space_may_hold_several_communities_and_a_community_several_spaces(units: Units) -> None:
    here = await setting(units, space="T1", community="Guild")
    other = await setting(units, space="T1", community="Circle")
    moved = await setting(units, space="T2", community="Guild")
    assert moved.community == here.community != other.community
    async with units.read() as session:
        directory = Directory(session)
        assert [one.name for one in await directory.communities(here.space)] == ["Guild", "Circle"]
        assert await directory.spaces_of(here.community) == [here.space, moved.space]
        assert await directory.spaces_of(other.community) == [here.space]


async def test_a_lost_space_is_lived_in_no_more_until_it_comes_back(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        directory = Directory(session)
        await directory.lose_space(there.space, NOW)
        assert await directory.spaces_of(there.community) == []
        assert await People(session, there.community).accounts(there.members["ines"]) == []
        back = await directory.put_space("page", "T1", "T1 renamed")
        assert (back.id, back.name, back.lost_at) == (there.space, "T1 renamed", None)
        assert await directory.spaces_of(there.community) == [there.space]


async def test_erasing_a_space_erases_the_communities_that_lived_nowhere_else(units: Units) -> None:
    here = await setting(units, space="T1", community="Only here")
    both = await setting(units, space="T1", community="Both")
    await setting(units, space="T2", community="Both")
    async with units.write() as session:
        await Directory(session).erase_space(here.space)
    async with units.read() as session:
        assert list(await orm_of(session).scalars(select(CommunityRow.name))) == ["Both"]
        assert list(await orm_of(session).scalars(select(SpaceRow.handle))) == ["T2"]
        assert set(await orm_of(session).scalars(select(MemberRow.community_id))) == {both.community}
        assert len(list(await orm_of(session).scalars(select(AccountRow.id)))) == 2


# whose talk it is ------------------------------------------------------------------------------------


async def routes(units: Units, space: int) -> dict[str, int | None]:
    async with units.read() as session:
        return {route.handle: route.community for route in await Directory(session).routes(space)}


async def test_the_talk_of_a_whole_space_belongs_to_its_community_except_in_private(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        await Directory(session).put_channels(there.space, [("secret", "secret", True, False)])
    assert await routes(units, there.space) == {
        "general": there.community,
        "help": there.community,
        "secret": None,
    }


async def test_the_talk_of_home_channels_belongs_to_their_community_alone(units: Units) -> None:
    whole = await setting(units, community="Everyone")
    small = await setting(units, community="Circle")
    async with units.write() as session:
        await Directory(session).put_channels(whole.space, [("circle", "circle", True, False)])
    small = await setting(units, community="Circle")
    async with units.write() as session:
        await home(session, small, "help", "circle")
    assert await routes(units, whole.space) == {
        "general": whole.community,
        "help": small.community,
        "circle": small.community,
    }


async def test_without_a_community_of_the_whole_space_other_channels_belong_nowhere(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        await home(session, there, "help")
    assert await routes(units, there.space) == {"general": None, "help": there.community}


async def test_a_community_cannot_take_a_channel_from_another_one(units: Units) -> None:
    here = await setting(units, community="Guild")
    there = await setting(units, community="Circle")
    async with units.write() as session:
        await home(session, here, "general")
        await home(session, there, "general", "help")
    assert await routes(units, here.space) == {"general": here.community, "help": there.community}


async def test_a_community_cannot_take_a_channel_of_a_space_it_does_not_live_in(units: Units) -> None:
    here = await setting(units, space="T1", community="Guild")
    there = await setting(units, space="T2", community="Circle")
    async with units.write() as session:
        people = People(session, here.community)
        await people.settle([there.channels["general"]])
        await people.assign(Use.RECAP, there.channels["general"])
        assert await people.spot_for(Use.RECAP) is None
    assert await routes(units, there.space) == {"general": there.community, "help": there.community}


async def test_settling_nowhere_is_settling_everywhere(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        await home(session, there, "help")
        assert not (await community(session, there)).whole_space
        await home(session, there)
        assert (await community(session, there)).whole_space
    assert await routes(units, there.space) == {"general": there.community, "help": there.community}


# channels --------------------------------------------------------------------------------------------


async def test_a_community_sees_the_channels_of_its_spaces_and_what_they_are_for(units: Units) -> None:
    there = await setting(units)
    await setting(units, space="T2", community="Other", channels=("elsewhere",))
    async with units.write() as session:
        people = People(session, there.community)
        await people.assign(Use.HELP, there.channels["help"])
        await people.assign(Use.RECAP, there.channels["help"])
        assert [(spot.handle, set(spot.uses)) for spot in await people.spots()] == [
            ("general", set()),
            ("help", {Use.HELP, Use.RECAP}),
        ]
        spot = await people.spot(there.space, "help")
        assert spot is not None
        assert spot.id == there.channels["help"]
        assert await people.spot(there.space, "elsewhere") is None


async def test_a_use_has_one_channel_and_can_be_cleared(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        people = People(session, there.community)
        await people.assign(Use.HELP, there.channels["help"])
        await people.assign(Use.HELP, there.channels["general"])
        found = await people.spot_for(Use.HELP)
        assert found is not None
        assert found.handle == "general"
        await people.assign(Use.HELP, None)
        assert await people.spot_for(Use.HELP) is None


async def test_an_archived_or_lost_channel_serves_no_use(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        directory, people = Directory(session), People(session, there.community)
        await people.assign(Use.HELP, there.channels["help"])
        await people.assign(Use.RECAP, there.channels["general"])
        await directory.put_channels(there.space, [("help", "help", False, True)])
        await directory.lose_channel(there.space, "general")
        assert await people.spot_for(Use.HELP) is None
        assert await people.spot_for(Use.RECAP) is None
        assert await people.uses_of("general") == [Use.RECAP]
        await directory.put_channels(there.space, [("general", "general", False, False)])
        assert await people.spot_for(Use.RECAP) is not None


async def test_another_communitys_private_rooms_are_not_shown(units: Units) -> None:
    here = await setting(units, community="Guild")
    async with units.write() as session:
        await Directory(session).put_channels(
            here.space,
            [("home", "home", True, False), ("desk", "desk", True, False), ("open", "open", True, False)],
        )
    here, there = await setting(units, community="Guild"), await setting(units, community="Circle")
    async with units.write() as session:
        await home(session, here, "home")
        await People(session, here.community).assign(Use.COORDINATORS, here.channels["desk"])
        seen = {spot.handle for spot in await People(session, there.community).spots()}
        own = {spot.handle for spot in await People(session, here.community).spots()}
    assert seen == {"general", "help", "open"}
    assert own == {"general", "help", "home", "desk", "open"}


# members ---------------------------------------------------------------------------------------------


async def test_whoever_enrols_is_new_once(units: Units) -> None:
    there = await setting(units, people=())
    async with units.write() as session:
        directory, membership = Directory(session), Memberships(session)
        await directory.put_accounts(there.space, [("ines", "Ines", "", True, False)])
        account = await directory.account(there.space, "ines")
        assert account is not None
        member, is_new = await membership.enrol(there.community, account.id, NOW)
        assert is_new
        assert (member.name, member.joined_at, member.left_at) == ("Ines", NOW, None)
        again, is_new = await membership.enrol(there.community, account.id, LATER)
        assert (again, is_new) == (member, False)


async def test_whoever_returns_is_the_same_member_and_not_new(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        membership, people = Memberships(session), People(session, there.community)
        await people.grant(there.members["ines"], "coordinator", NOW)
        await membership.leave_space(there.space, "ines")
        left = await membership.end_membership(there.community, there.accounts["ines"], LATER)
        assert left is not None
        assert left.left_at == LATER
        assert names(await people.present()) == ["Marek"]
        assert await people.holders("coordinator") == []
        assert await people.roles(left.id) == frozenset()
        back, is_new = await membership.enrol(there.community, there.accounts["ines"], LATER)
        assert (back.id, back.joined_at, back.left_at, is_new) == (left.id, NOW, None, False)
        assert names(await people.holders("coordinator")) == ["Ines"]


async def test_whoever_is_still_here_with_another_account_has_not_left(units: Units) -> None:
    here = await setting(units, space="T1")
    there = await setting(units, space="T2")
    async with units.write() as session:
        membership = Memberships(session)
        # One person, two accounts: the second belongs to the member of the first.
        await orm_of(session).execute(delete(MemberRow).where(MemberRow.id == there.members["ines"]))
        await own(session, here.community, here.members["ines"], there.accounts["ines"])
        await membership.leave_space(here.space, "ines")
        assert await membership.end_membership(here.community, here.accounts["ines"], LATER) is None
        await membership.leave_space(there.space, "ines")
        assert await membership.end_membership(here.community, there.accounts["ines"], LATER) is not None


async def test_guests_and_bots_are_no_members(units: Units) -> None:
    there = await setting(units, people=())
    async with units.write() as session:
        directory, membership = Directory(session), Memberships(session)
        await directory.put_accounts(
            there.space, [("ines", "Ines", "", True, False), ("bot", "Bot", "", False, False)]
        )
        ids = await directory.account_ids(there.space)
        assert await membership.eligible_accounts(there.community) == {ids["ines"]}
        one = await community(session, there)
        assert await membership.is_eligible(one, ids["ines"])
        assert not await membership.is_eligible(one, ids["bot"])


async def test_an_account_of_another_space_makes_nobody_a_member(units: Units) -> None:
    here = await setting(units, space="T1")
    there = await setting(units, space="T2", community="Other", people=("stranger",))
    async with units.read() as session:
        one = await community(session, here)
        assert not await Memberships(session).is_eligible(one, there.accounts["stranger"])


async def test_members_of_home_channels_are_those_in_one_of_them(units: Units) -> None:
    there = await setting(units, people=("ines", "marek", "nadia"))
    async with units.write() as session:
        membership = Memberships(session)
        await home(session, there, "help")
        await membership.add_presence(there.space, ["ines"], "help")
        await membership.add_presence(there.space, ["ines"], "help")
        await membership.add_presence(there.space, ["marek"], "general")
        await membership.add_presence(there.space, ["nobody"], "help")
        one = await community(session, there)
        assert await membership.eligible_accounts(there.community) == {there.accounts["ines"]}
        assert await membership.is_eligible(one, there.accounts["ines"])
        assert not await membership.is_eligible(one, there.accounts["marek"])
        await People(session, there.community).enrol_present(LATER)
        assert names(await People(session, there.community).present()) == ["Ines"]
        await membership.remove_presence(there.space, "ines", "help")
        await membership.add_presence(there.space, ["nadia"], "help")
        await People(session, there.community).enrol_present(LATER)
        assert names(await People(session, there.community).present()) == ["Nadia"]
        gone = await People(session, there.community).member(there.members["ines"])
        assert gone is not None
        assert gone.left_at == LATER


async def test_nobody_is_parted_with_while_it_is_not_known_who_is_in_a_home_channel(units: Units) -> None:
    there = await setting(units, people=("ines", "marek", "nadia"))
    async with units.write() as session:
        membership, people = Memberships(session), People(session, there.community)
        await home(session, there, "help", "general")
        await membership.add_presence(there.space, ["ines"], "help")
        await people.enrol_present(LATER)
        assert len(await people.present()) == 3
        await people.begin(LATER)
        assert await membership.outside_home_channels(there.space) == []
        await membership.add_presence(there.space, ["marek"], "general")
        assert await membership.outside_home_channels(there.space) == [("general", "nadia")]
        await people.enrol_present(LATER)
        assert names(await people.present()) == ["Ines", "Marek"]
        assert await membership.outside_home_channels(there.space) == []


async def test_leaving_the_space_is_leaving_its_channels(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        directory, membership = Directory(session), Memberships(session)
        await home(session, there, "help")
        await membership.add_presence(there.space, ["ines"], "help")
        await membership.leave_space(there.space, "ines")
        await directory.put_accounts(there.space, [("ines", "Ines", "", True, False)])
        assert await membership.eligible_accounts(there.community) == set()


async def test_before_it_begins_nobody_has_a_day_of_joining_and_all_are_the_baseline(units: Units) -> None:
    there = await setting(units, people=())
    async with units.write() as session:
        directory, people, membership = (
            Directory(session),
            People(session, there.community),
            Memberships(session),
        )
        await directory.put_accounts(
            there.space, [(name, name.capitalize(), "", True, False) for name in ("ines", "marek", "nadia")]
        )
        await people.enrol_present(NOW)
        assert [member.joined_at for member in await people.present()] == [None] * 3
        await membership.leave_space(there.space, "nadia")
        await people.enrol_present(NOW)
        assert await people.begin(LATER) == 2
        assert [(m.name, m.baseline) for m in await people.present()] == [("Ines", True), ("Marek", True)]
        assert (await people.community()).begun_at == LATER


async def test_one_account_is_a_member_of_each_community_of_its_space(units: Units) -> None:
    here, there = await setting(units, community="Guild"), await setting(units, community="Circle")
    assert here.members["ines"] != there.members["ines"]
    assert here.accounts["ines"] == there.accounts["ines"]
    async with units.write() as session:
        directory, membership = Directory(session), Memberships(session)
        await membership.end_membership(
            there.community, there.accounts["marek"], NOW
        )  # still eligible, yet asked to part
        found = await directory.member_accounts(here.space)
    assert found[here.accounts["ines"]] == {here.community, there.community}


async def test_direct_messages_go_where_a_person_was_seen_last(units: Units) -> None:
    here = await setting(units)
    async with units.write() as session:
        directory, people = Directory(session), People(session, here.community)
        other = await directory.put_space("page", "T2", "T2")
        await directory.put_community("Guild", other.id)
        await directory.put_accounts(other.id, [("ines2", "Ines", "", True, False)])
        second = (await directory.account_ids(other.id))["ines2"]
        await own(session, here.community, here.members["ines"], second)
        first = here.accounts["ines"]
        assert [account.id for account in await people.accounts(here.members["ines"])] == [first, second]
        await directory.seen({second: NOW})
        assert [account.id for account in await people.accounts(here.members["ines"])] == [second, first]
        await directory.seen({first: LATER})
        assert [account.id for account in await people.accounts(here.members["ines"])] == [first, second]
        assert await people.names([here.members["ines"]], other.id) == {
            here.members["ines"]: ("Ines", "ines2")
        }


async def test_names_are_known_even_where_there_is_no_account(units: Units) -> None:
    here = await setting(units)
    there = await setting(units, space="T2", people=())
    async with units.read() as session:
        people = People(session, here.community)
        assert await people.names([here.members["ines"]], there.space) == {here.members["ines"]: ("Ines", "")}
        assert await people.names([here.members["ines"]], here.space) == {
            here.members["ines"]: ("Ines", "ines")
        }
        assert await people.names([999], here.space) == {}
        assert await people.names([], here.space) == {}


async def test_a_new_name_reaches_the_member(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        await Directory(session).put_accounts(there.space, [("ines", "Inês", "Europe/Lisbon", True, True)])
        member = await People(session, there.community).member(there.members["ines"])
        account = await Directory(session).account(there.space, "ines")
    assert member is not None
    assert account is not None
    assert member.name == "Inês"
    assert (account.zone, account.is_manager) == ("Europe/Lisbon", True)


async def test_a_profile_without_a_name_takes_none_away(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        await Directory(session).put_accounts(there.space, [("ines", "", "", True, False)])
        member = await People(session, there.community).member(there.members["ines"])
        account = await Directory(session).account(there.space, "ines")
    assert member is not None
    assert account is not None
    assert member.name == "Ines"
    assert account.name == "Ines"


async def test_what_members_choose_about_themselves_is_kept(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        people = People(session, there.community)
        await people.change(there.members["ines"], zone="Asia/Tokyo")
        await people.change(there.members["ines"], quiet=True)
        await people.change(there.members["ines"])
        found = await people.member(there.members["ines"])
    assert found is not None
    assert (found.zone, found.quiet) == ("Asia/Tokyo", True)


async def test_a_closed_door_is_remembered(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        await Directory(session).close_direct_messages(there.accounts["ines"])
        accounts = await People(session, there.community).accounts(there.members["ines"])
    assert [account.dms_closed for account in accounts] == [True]


# roles -----------------------------------------------------------------------------------------------


async def test_a_role_is_granted_once_and_taken_back_once(units: Units) -> None:
    there = await setting(units)
    ines = there.members["ines"]
    async with units.write() as session:
        people = People(session, there.community)
        assert await people.grant(ines, "coordinator", NOW, "first")
        assert not await people.grant(ines, "coordinator", LATER)
        assert await people.grant(ines, "resource keeper", LATER)
        assert await people.roles(ines) == {"coordinator", "resource keeper"}
        assert await people.revoke(ines, "coordinator")
        assert not await people.revoke(ines, "coordinator")
        assert await people.roles(ines) == {"resource keeper"}


async def test_who_holds_a_role_the_longest_comes_first(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        people = People(session, there.community)
        await people.grant(there.members["ines"], "coordinator", LATER)
        await people.grant(there.members["marek"], "coordinator", NOW)
        assert names(await people.holders("coordinator")) == ["Marek", "Ines"]
        assert await people.holders("resource keeper") == []


async def test_a_stranger_is_given_no_role(units: Units) -> None:
    here = await setting(units)
    there = await setting(units, space="T2", community="Other")
    async with units.write() as session:
        assert not await People(session, here.community).grant(there.members["ines"], "coordinator", NOW)
        assert not await People(session, here.community).grant(999, "coordinator", NOW)


# what others keep in memory --------------------------------------------------------------------------


async def test_changes_that_others_remember_are_told(units: Units) -> None:
    there = await setting(units)
    async with units.write() as session:
        assert not changes_of(session)
        await People(session, there.community).change(there.members["ines"], quiet=True)
        assert not changes_of(session)
        await People(session, there.community).configure(zone="Europe/Lisbon")
        assert changes_of(session)
    async with units.write() as session:
        await Memberships(session).enrol(there.community, there.accounts["ines"], NOW)
        assert not changes_of(session)
        await Memberships(session).leave_space(there.space, "ines")
        await Memberships(session).end_membership(there.community, there.accounts["ines"], NOW)
        assert changes_of(session)


def test_a_hush_ends_when_it_should() -> None:
    forever = Community(1, "Guild", hushed=True)
    a_day = Community(1, "Guild", hushed=True, hush_until=LATER)
    assert forever.is_hushed(NOW)
    assert a_day.is_hushed(NOW)
    assert not a_day.is_hushed(LATER)
    assert not Community(1, "Guild", hush_until=LATER).is_hushed(NOW)
