import type { WebhookEvent } from './webhook-event.js';

/**
 * The events of a source that a pattern matches, typed by a map from event types to their data: give
 * each source one, and name the type once. With a pattern (`invoice.*`, `customer.**`, `**`), it is a
 * union over the types of the map, which `event.type` tells apart.
 *
 * The map is a promise of the sender's, which nothing checks at run time: for that, give a `schema`.
 *
 * @typeParam Types what the data of each event type is
 * @typeParam Pattern an event type of the map, or a pattern that matches some
 * @example
 * ```ts
 * interface BillingEvents {
 *   'invoice.paid': { id: string; total: number };
 *   'invoice.voided': { id: string };
 * }
 *
 * class Billing {
 *   @OnWebhook('invoice.paid', { source: 'billing' })
 *   paid({ data }: EventOf<BillingEvents, 'invoice.paid'>) {
 *     return data.total;
 *   }
 * }
 * ```
 * @publicApi
 */
export type EventOf<Types extends object, Pattern extends PatternOf<Types>> = {
  [Type in keyof Types & string]: Type extends Matching<Pattern>
    ? WebhookEvent<Types[Type]> & { readonly type: Type }
    : never;
}[keyof Types & string];

/**
 * What {@link EventOf} takes for a map: its event types, and patterns that match at least one of them.
 *
 * @publicApi
 */
export type PatternOf<Types extends object> =
  '**' | (keyof Types & string) | PrefixPattern<keyof Types & string>;

/** `a.*` and `a.**` for `a.b`, and so on for what is longer. */
type PrefixPattern<Type extends string> = Type extends `${infer First}.${infer Rest}`
  ? `${First}.${'**' | (Rest extends `${string}.${string}` ? never : '*') | PrefixPattern<Rest>}`
  : never;

/** The types that a pattern matches, as a template. */
type Matching<Pattern extends string> = Pattern extends '**'
  ? string
  : Pattern extends `${infer Prefix}.**`
    ? `${Prefix}.${string}`
    : Pattern extends `${infer Prefix}.*`
      ? `${Prefix}.${string}`
      : Pattern;
