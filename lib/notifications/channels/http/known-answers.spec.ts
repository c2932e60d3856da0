import { Discard } from '../../../retry/discard.js';
import { judgeKnownAnswer } from './known-answers.js';

describe('judgeKnownAnswer', () => {
  /** What becomes of a post that this host answers so. */
  const judged = (host: string, body: string): string => {
    try {
      const verdict = judgeKnownAnswer({ host, status: 200, headers: {}, body });
      if (verdict === undefined) return 'sent';
      return verdict instanceof Discard ? `discarded: ${verdict.reason}` : 'retried later';
    } catch (error) {
      return `retried: ${(error as Error).message}`;
    }
  };

  const TEAMS = 'contoso.webhook.office.com';
  const teams = (status: number): string =>
    `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${status} with ContextId tcid=0`;

  it.each([
    [TEAMS, '1', 'sent'],
    [TEAMS, '', 'sent'],
    [TEAMS, teams(429), `retried: ${TEAMS} answered HTTP 200, and refused: HTTP 429`],
    [TEAMS, teams(503), `retried: ${TEAMS} answered HTTP 200, and refused: HTTP 503`],
    [TEAMS, teams(413), `discarded: ${TEAMS} answered HTTP 200, and refused: HTTP 413`],
    [
      'outlook.office.com',
      'Webhook message delivery failed with error: something else',
      'retried: outlook.office.com answered HTTP 200, and refused: message delivery failed',
    ],
    ['hooks.slack.com', 'ok', 'sent'],
    ['slack.com', '{"ok":true,"ts":"1"}', 'sent'],
    [
      'slack.com',
      '{"ok":false,"error":"channel_not_found"}',
      'discarded: slack.com answered HTTP 200, and refused: channel_not_found',
    ],
    [
      'slack.com',
      '{"ok":false,"error":"ratelimited"}',
      'retried: slack.com answered HTTP 200, and refused: ratelimited',
    ],
    ['slack.com', '{"ok":false', 'sent'],
    ['oapi.dingtalk.com', '{"errcode":0,"errmsg":"ok"}', 'sent'],
    [
      'oapi.dingtalk.com',
      '{"errcode":310000,"errmsg":"sign not match"}',
      'discarded: oapi.dingtalk.com answered HTTP 200, and refused: 310000 sign not match',
    ],
    [
      'qyapi.weixin.qq.com',
      '{"errcode":45009,"errmsg":"api freq out of limit"}',
      'retried: qyapi.weixin.qq.com answered HTTP 200, and refused: 45009 api freq out of limit',
    ],
    [
      'open.feishu.cn',
      '{"code":19024,"msg":"Key Words Not Found","data":{}}',
      'discarded: open.feishu.cn answered HTTP 200, and refused: 19024 Key Words Not Found',
    ],
    ['open.larksuite.com:443', '{"StatusCode":0,"code":0,"msg":"success"}', 'sent'],
    // Not theirs, whatever it looks like.
    ['chat.example.com', '{"ok":false,"error":"no"}', 'sent'],
    ['evil-slack.com', '{"ok":false,"error":"no"}', 'sent'],
    ['[::1]:8080', '{"ok":false}', 'sent'],
  ])('F-27 takes what %s says to be: %s', (host, body, expected) => {
    expect(judged(host, body)).toBe(expected);
  });
});
