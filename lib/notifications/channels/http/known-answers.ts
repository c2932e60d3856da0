import { WebhookError } from '../../../errors/webhook.error.js';
import { Discard } from '../../../retry/discard.js';
import type { HttpAnswer } from './http-answer.js';

/** Why a service did not take a post that it answered with 200. */
interface Refusal {
  readonly reason: string;
  /** Whether a later attempt may succeed. */
  readonly isTemporary: boolean;
}

/** Looks for a refusal in the answer of one service. */
type FindRefusal = (answer: HttpAnswer) => Refusal | undefined;

/** Services that are known to refuse with 200, by the end of their host's name. */
const SERVICES: readonly (readonly [host: string, find: FindRefusal])[] = [
  ['.webhook.office.com', teams],
  ['outlook.office.com', teams],
  ['outlook.office365.com', teams],
  ['slack.com', slack],
  ['oapi.dingtalk.com', byCode('errcode', 'errmsg', [-1, 130_101])],
  ['qyapi.weixin.qq.com', byCode('errcode', 'errmsg', [-1, 45_009, 45_033])],
  ['open.feishu.cn', byCode('code', 'msg', [11_232])],
  ['open.larksuite.com', byCode('code', 'msg', [11_232])],
];

/** Errors of Slack's Web API that pass. */
const SLACK_TEMPORARY: ReadonlySet<unknown> = new Set([
  'fatal_error',
  'internal_error',
  'ratelimited',
  'rate_limited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/** Statuses after which a later attempt may succeed. */
const TEMPORARY_STATUS = /^(?:408|425|429|5\d\d)$/;

/**
 * Finds out whether a service has refused a post in the body of a 200.
 *
 * @throws {WebhookError} for a refusal that passes
 * @internal
 */
export const judgeKnownAnswer = (answer: HttpAnswer): Discard | undefined => {
  const { hostname } = new URL(`https://${answer.host}`);
  const find = SERVICES.find(([host]) => hostname === host || hostname.endsWith(dotted(host)))?.[1];
  const refusal = find?.(answer);
  if (refusal === undefined) return undefined;
  const reason = `${answer.host} answered HTTP ${answer.status}, and refused: ${refusal.reason}`;
  if (refusal.isTemporary) throw new WebhookError('HTTP_REFUSED', reason);
  return new Discard(reason);
};

function dotted(host: string): string {
  return host.startsWith('.') ? host : `.${host}`;
}

/** Microsoft Teams: `1` where it took a message, else a sentence with the status of a server behind it. */
function teams({ body }: HttpAnswer): Refusal | undefined {
  const [, status] = /returned HTTP error (\d{3})/.exec(body) ?? [];
  if (status !== undefined) {
    return { reason: `HTTP ${status}`, isTemporary: TEMPORARY_STATUS.test(status) };
  }
  return /delivery failed/i.test(body)
    ? { reason: 'message delivery failed', isTemporary: true }
    : undefined;
}

/** Slack's Web API: `{ "ok": false, "error": "channel_not_found" }`. Its incoming webhooks answer `ok`. */
function slack({ body }: HttpAnswer): Refusal | undefined {
  const { ok, error } = fieldsOf(body);
  return ok === false
    ? { reason: String(error), isTemporary: SLACK_TEMPORARY.has(error) }
    : undefined;
}

/** Services that answer with a code, 0 where they took it. */
function byCode(codeField: string, textField: string, temporary: readonly number[]): FindRefusal {
  return ({ body }) => {
    const { [codeField]: code, [textField]: text } = fieldsOf(body);
    if (typeof code !== 'number' || code === 0) return undefined;
    return { reason: `${code} ${String(text)}`, isTemporary: temporary.includes(code) };
  };
}

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body)) as Record<string, unknown>;
  } catch {
    // Not JSON, or longer than what is read of it: an answer that refuses is shorter.
    return {};
  }
}
