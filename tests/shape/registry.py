"""All features and endpoints, as the bot has them."""

from bot.features import FEATURES
from facilitation.core.features.registry import Registry

REGISTRY = Registry(FEATURES)
FEATURE_NAMES = tuple(feature.name for feature in FEATURES)
ENDPOINTS = tuple(REGISTRY.endpoints.values())
BY_CLOCK = tuple(endpoint for endpoint in ENDPOINTS if endpoint.by_clock)
BY_PEOPLE = tuple(endpoint for endpoint in ENDPOINTS if not endpoint.by_clock)
