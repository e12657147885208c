/** What the app and its embedded server's process say to each other. Parsed by whoever receives it. */
import * as v from 'valibot';
import { doorSchema, memberIdSchema, partSchema } from './protocol';

const addressEntries = { namespace: partSchema, room: partSchema };
const millisecondsSchema = v.pipe(v.number(), v.minValue(1), v.maxValue(3_600_000));

/** A room as its host opens it; `admitted` are members let in before, by a server that crashed since. */
export const hostedRoomSchema = v.object({
  ...addressEntries,
  host: memberIdSchema,
  door: doorSchema,
  admitted: v.array(memberIdSchema),
});

/** From the app. `start` comes once and first. */
export const lanServerCommandSchema = v.variant('type', [
  v.object({
    type: v.literal('start'),
    version: v.string(),
    /** Address to listen on. */
    listen: v.optional(v.string(), '::'),
    port: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
    /** Whether the next free port will do; not after a crash, when everyone comes back to the same one. */
    fallbackPorts: v.optional(v.boolean(), true),
    /** Opened before the first socket is accepted. */
    rooms: v.array(hostedRoomSchema),
    /** Member id in the namespace `nearby` of the person whose app this is; without one nobody is present there. */
    owner: v.optional(memberIdSchema),
    allowOrigins: v.array(v.string()),
    heartbeatMs: v.optional(millisecondsSchema, 2000),
    timeoutMs: v.optional(millisecondsSchema, 5000),
    graceMs: v.optional(millisecondsSchema),
  }),
  /** Answered by `room-opened`. */
  v.object({ type: v.literal('open-room'), room: hostedRoomSchema }),
  v.object({ type: v.literal('close-room'), ...addressEntries }),
  /** Says 1001 to everybody, stops listening and ends the process. */
  v.object({ type: v.literal('stop') }),
]);
export type LanServerCommand = v.InferInput<typeof lanServerCommandSchema>;

/** To the app. */
export const lanServerReportSchema = v.variant('type', [
  v.object({ type: v.literal('listening'), port: v.number() }),
  /** Not listening, and of no use: the app ends the process. `system` is the system's own code, for the log. */
  v.object({
    type: v.literal('failed'),
    code: v.picklist(['port-taken', 'port-refused', 'unexpected']),
    system: v.string(),
  }),
  v.object({ type: v.literal('room-opened'), ...addressEntries }),
  /** Who may come in without knocking, after every change; to be handed to the next process if this one crashes. */
  v.object({ type: v.literal('admissions'), ...addressEntries, admitted: v.array(memberIdSchema) }),
  v.object({
    type: v.literal('log'),
    level: v.picklist(['debug', 'info', 'warn', 'error']),
    event: v.string(),
    fields: v.record(v.string(), v.nullable(v.union([v.string(), v.number(), v.boolean()]))),
  }),
]);
export type LanServerReport = v.InferOutput<typeof lanServerReportSchema>;
