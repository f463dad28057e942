"""The workers: intake, event worker, agenda worker and courier."""
