import { isStorableText } from '../database/storable-text.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import type { RuleOptions } from './rule.options.js';

const MAX_SUBJECT_LENGTH = 255;

/** All others would make one subject of many, such as `[object Object]`. */
const SUBJECT_TYPES: ReadonlySet<string> = new Set(['string', 'number', 'bigint']);

/**
 * Whom an event is about, as text; `undefined` for nobody.
 *
 * @throws {TypeError | RangeError} which names the rule, for a subject that cannot be stored
 * @internal
 */
export function subjectOf({ name, subject }: RuleOptions, event: WebhookEvent): string | undefined {
  return subjectText(name, '`subject` gave', subject(event));
}

/**
 * A subject as it is stored; `undefined` for nobody.
 *
 * @param rule name of the rule, for the message
 * @param origin where the subject comes from, for the message
 * @throws {TypeError | RangeError} for a subject that cannot be stored
 * @internal
 */
export function subjectText(rule: string, origin: string, subject: unknown): string | undefined {
  if (subject === undefined || subject === null || subject === '') return undefined;
  if (!SUBJECT_TYPES.has(typeof subject)) {
    const kind = kindOf(subject);
    throw new TypeError(
      `rule '${rule}': ${origin} ${kind}; it must be synchronous and give a string, a number or a bigint`,
    );
  }
  const text = String(subject);
  if (text.length > MAX_SUBJECT_LENGTH) {
    throw new RangeError(
      `rule '${rule}': ${origin} a text of ${text.length} characters, at most ${MAX_SUBJECT_LENGTH} can be stored`,
    );
  }
  if (!isStorableText(text)) {
    throw new TypeError(
      `rule '${rule}': ${origin} a text with U+0000 or half a surrogate pair, which cannot be stored`,
    );
  }
  return text;
}

/**
 * Whether the condition holds. What a condition over untyped data gives may be any value: it holds as in
 * JavaScript's `if`.
 *
 * @throws {TypeError} which names the rule, for a promise
 * @internal
 */
export function conditionOf({ name, when }: RuleOptions, event: WebhookEvent): boolean {
  const condition: unknown = when(event);
  if (kindOf(condition) !== 'a promise') return Boolean(condition);
  throw new TypeError(`rule '${name}': \`when\` gave a promise; it must be synchronous`);
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  if (!('then' in value && typeof value.then === 'function')) return 'an object';
  // Nobody waits for it: its rejection would end the process.
  Promise.resolve(value).catch(() => undefined);
  return 'a promise';
}
