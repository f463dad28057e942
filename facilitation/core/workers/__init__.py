"""What runs by itself: intake, event worker, agenda worker and courier."""
