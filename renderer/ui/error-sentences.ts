/**
 * One sentence and what to do for every code and every way a call ends, as a type: a language without one of them does
 * not compile.
 */
import type { ErrorCode } from '../../preload/bridge';
import type { CallState, EndReason } from '../call/call-state';

interface Sentence {
  what: string;
  /** What a person can do about it, where there is something. */
  whatToDo?: string;
}

type EndedBy = Extract<CallState, { phase: 'ended' }>['by'];

export interface Sentences {
  errors: Record<ErrorCode, Sentence>;
  /** Why a call is over. `name` is shown, so never empty. */
  ends: Record<EndReason, (name: string, by: EndedBy) => Sentence>;
}
