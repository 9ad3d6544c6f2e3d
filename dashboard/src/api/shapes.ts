import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type SessionClient = Schemas["MemberOf"];
export type LedgerLine = Schemas["LedgerItem"];
export type LedgerPage = Schemas["LedgerPage"];
export type LedgerCount = Schemas["SummaryItem"];
export type TouchState = Schemas["TouchState"];
export type ChannelName = Schemas["ChannelName"];
export type Provider = Schemas["Provider"];
export type ClientStatus = Schemas["ClientStatus"];
export type Role = Schemas["Role"];
