"""What is said of the adapters without loading them is what they say themselves."""

import pytest

from modules.channels import CHANNELS, POLICIES, Watcher, channel_for, channels_of
from modules.labels import WATCHED, ChannelName, Provider


def test_every_pair_leads_to_its_own_adapter_and_there_is_one_of_each() -> None:
    assert {(one.provider, one.channel) for one in CHANNELS.values()} == set(CHANNELS)
    assert all(channel_for(*pair) is CHANNELS[pair] for pair in CHANNELS)
    assert {one for provider in Provider for one in channels_of(provider)} == set(CHANNELS.values())


def test_the_policy_of_a_provider_is_that_of_its_adapters() -> None:
    assert set(POLICIES) == {provider for provider, _ in CHANNELS}
    assert all(one.policy is POLICIES[one.provider] for one in CHANNELS.values())


def test_the_watched_providers_are_those_whose_adapters_can_be_asked_for_changes() -> None:
    assert {one.provider for one in CHANNELS.values() if isinstance(one, Watcher)} == set(WATCHED)


def test_a_pair_that_does_not_exist_is_a_key_error_and_not_a_channel() -> None:
    assert (Provider.twilio, ChannelName.voice) not in CHANNELS
    with pytest.raises(KeyError):
        channel_for(Provider.twilio, ChannelName.voice)
