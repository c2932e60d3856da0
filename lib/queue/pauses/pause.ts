import { PAUSED_FROM } from '../job.js';
import { bits } from '../share.js';

/** What can be paused. @internal */
export const PAUSE_KINDS = ['handler', 'source', 'rule', 'channel', 'pool', 'timer'] as const;

/**
 * What a pause is of.
 *
 * @publicApi
 */
export type PauseKind = (typeof PAUSE_KINDS)[number];

type Only<Kind extends PauseKind> = { readonly [Key in Kind]: string } & {
  readonly [Key in Exclude<PauseKind, Kind>]?: never;
};

/**
 * The one thing that a pause is of, by its name, such as `{ handler: 'Orders.paid' }`.
 *
 * @publicApi
 */
export type PauseTarget = { [Kind in PauseKind]: Only<Kind> }[PauseKind];

/** A pause as views and errors name it, such as `handler:Orders.paid`. @internal */
export function pauseLabel(kind: PauseKind, name: string): string {
  return `${kind}:${name}`;
}

/**
 * The due time of the jobs that a pause holds. Should two pauses ever have the same, the end of one lets the
 * jobs of the other be claimed, and held, once more.
 *
 * @param label see {@link pauseLabel}
 * @internal
 */
export function dueTimeOf(label: string): number {
  return PAUSED_FROM + bits(label, 31);
}
