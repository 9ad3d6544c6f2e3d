import { type Icon, IconMail, IconMessage, IconPhone } from "@tabler/icons-react";

import type { ChannelName } from "../../api/shapes";

export const CHANNELS: Record<ChannelName, { words: string; icon: Icon }> = {
  sms: { words: "SMS", icon: IconMessage },
  email: { words: "E-mail", icon: IconMail },
  voice: { words: "Call", icon: IconPhone },
};

export const ALL_CHANNELS = Object.keys(CHANNELS) as ChannelName[];
