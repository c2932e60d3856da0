import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleRequest } from '../testing/samples.js';
import { senderKeys } from '../testing/sender-keys.js';
import { run } from './program.js';

const NOW = new Date('2026-01-01T12:00:00Z');
const SECRET = 'whsec_a-secret-that-is-never-printed';

async function hookline(
  args: readonly string[],
  env: Readonly<Record<string, string>> = { HOOKLINE_SECRET: SECRET },
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await run(args, {
    version: '1.2.3',
    env,
    now: () => NOW,
    out: (text) => (out += text),
    err: (text) => (err += text),
  });
  expect(`${out}${err}`).not.toContain(SECRET);
  return { code, out, err };
}

describe(run.name, () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'hookline-cli-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const capture = (headers: Readonly<Record<string, string>> | string, body: string): string[] => {
    const text =
      typeof headers === 'string'
        ? headers
        : Object.entries(headers)
            .map(([name, value]) => `${name}: ${value}`)
            .join('\r\n');
    writeFileSync(join(folder, 'headers.txt'), text);
    writeFileSync(join(folder, 'body.txt'), body);
    return ['--headers', join(folder, 'headers.txt'), '--body', join(folder, 'body.txt')];
  };
  const paid = sampleRequest('stripe', 'invoice.paid', { secret: SECRET, id: 'evt_7', at: NOW });
  const signature = paid.headers['stripe-signature']!;
  const digest = signature.split('v1=')[1]!;

  describe('help', () => {
    it.each([[['--help']], [['trigger', '--help']], [['verify', '--help']], [['list', '--help']]])(
      'of %j shows examples',
      async (args) => {
        const { code, out } = await hookline(args);
        expect(code).toBe(0);
        expect(out).toMatch(/Usage: nestjs-hookline[^]*Examples:\n {2}\$ nestjs-hookline|read -rs/);
      },
    );

    it('comes with the version', async () => {
      expect(await hookline(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n' });
    });
  });

  describe('usage', () => {
    const to = ['--to', 'http://127.0.0.1:1/'];
    it.each([
      [['trigger', ...to], "missing required argument 'provider'"],
      [['triger'], 'Did you mean trigger?'],
      [['trigger', 'stripe', 'invoice.paid'], "required option '--to <url>'"],
      [['trigger', 'stripe', 'invoice.paid', '--to', 'localhost'], 'begins with http'],
      [['trigger', 'strype', 'invoice.paid', ...to], 'Did you mean stripe?'],
      [
        ['trigger', 'stripe', 'invoice.lost', ...to],
        "no sample of 'stripe' for 'invoice.lost'. There are: invoice.paid",
      ],
      [['trigger', 'stripe', 'invoice.paid', ...to, '--times', '0'], 'whole number of at least 1'],
      [['trigger', 'stripe', 'invoice.paid', ...to, '--tamper', 'id'], 'Allowed choices are body'],
      [
        ['trigger', 'github', 'push', ...to, '--tamper', 'timestamp'],
        "'github' does not sign its timestamp",
      ],
      [
        ['trigger', 'unsigned', 'order.created', ...to, '--tamper', 'signature'],
        "'unsigned' has no signature",
      ],
      [
        ['trigger', 'mailgun', 'delivered', ...to, '--tamper', 'body'],
        "'mailgun' does not sign its body",
      ],
      [['trigger', 'sns', 'Notification', ...to], 'Give one as PEM'],
      [['trigger', 'discord', 'ENTITLEMENT_CREATE', ...to], 'ed25519 public key'],
      [['trigger', 'stripe', 'invoice.paid', ...to, '--data', '/nowhere'], '(ENOENT): /nowhere'],
      [
        ['verify', 'stripe', '--headers', '/nowhere', '--body', '/nowhere'],
        'of --headers cannot be read',
      ],
      [['verify', 'stripe', '--headers', 'x', '--body', 'y', '--at', 'noon'], '--at is not a time'],
      [['list', 'nobody'], 'See `nestjs-hookline list`'],
    ])('%j ends with 2', async (args, message) => {
      const { code, err } = await hookline(args);
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
    });

    it('needs one secret', async () => {
      const command = ['trigger', 'stripe', 'invoice.paid', ...to];
      expect(await hookline(command, {})).toMatchObject({
        code: 2,
        err: expect.stringContaining('No secret. Set HOOKLINE_SECRET'),
      });
      const two = await hookline([...command, '--secret', SECRET, '--secret-file', 'x']);
      expect(two).toMatchObject({ code: 2, err: expect.stringContaining('not both') });
      const unusable = await hookline(['trigger', 'svix', 'order.paid', ...to], {
        HOOKLINE_SECRET: 'whsec_!!',
      });
      expect(unusable).toMatchObject({ code: 2, err: expect.stringContaining('base64') });
      expect(unusable.err).not.toContain('!!');
    });
  });

  describe('list', () => {
    it('shows providers and their samples', async () => {
      const { code, out } = await hookline(['list']);
      expect(code).toBe(0);
      expect(out).toMatch(/^github +push, issues.opened, /m);
      expect(out).toMatch(/^standardWebhooks +points.updated/m);
    });

    it('shows one, however its name is written', async () => {
      const { out } = await hookline(['list', 'standard-webhooks']);
      expect(out).toBe('standardWebhooks  points.updated, user.created\n');
    });
  });

  describe('verify', () => {
    it('shows the facts of a request with a correct signature', async () => {
      const { code, out } = await hookline([
        'verify',
        'stripe',
        ...capture(paid.headers, paid.body),
      ]);
      expect(code).toBe(0);
      expect(out).toContain(
        'event id "evt_7", type "invoice.paid", occurred at 2026-01-01T12:00:00',
      );
    });

    it('takes the public key of a sender that has the private one', async () => {
      const { secret, options } = senderKeys('discord');
      const signed = sampleRequest('discord', 'ENTITLEMENT_CREATE', { secret, at: NOW });
      const args = ['verify', 'discord', ...capture(signed.headers, signed.body)];
      expect(await hookline([...args, '--secret', options.publicKey])).toMatchObject({ code: 0 });
      expect(await hookline([...args, '--secret', secret])).toMatchObject({ code: 0 });
      const other = senderKeys('discord').options.publicKey;
      const refused = await hookline([...args, '--secret', other]);
      expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('mismatch') });
    });

    it('needs no secret if the key is fetched, and an account if it is signed', async () => {
      const { secret } = senderKeys('sns');
      const account = 'arn:aws:sns:eu-west-1:210987654321:own';
      const signed = sampleRequest('sns', 'Notification', { secret, at: NOW, account });
      const args = ['verify', 'sns', ...capture(signed.headers, signed.body)];
      // Refused for its topic, before a certificate is asked for.
      const refused = await hookline(args, {});
      expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('mismatch') });
    });

    it('takes headers as JSON, and as curl shows them', async () => {
      const json = capture(JSON.stringify(paid.headers), paid.body);
      expect(await hookline(['verify', 'stripe', ...json])).toMatchObject({ code: 0 });
      const lines = `> POST /webhooks/stripe HTTP/1.1\n> Stripe-Signature: ${signature}\n>\n`;
      const curl = capture(lines, paid.body);
      expect(await hookline(['verify', 'stripe', ...curl])).toMatchObject({ code: 0 });
    });

    it('shows what must be signed, with escapes and without a correct signature', async () => {
      const body = '{"id":"evt_\u001b[2J"}';
      const args = capture({ 'stripe-signature': `t=1767268800,v1=${'0'.repeat(64)}` }, body);
      const { code, out } = await hookline(['verify', 'stripe', ...args]);
      expect(code).toBe(1);
      expect(out).toContain('refused: signature-mismatch');
      expect(out).toMatch(
        /timestamp +10 bytes {2}"1767268800"\n {2}text +1 bytes {2}"\."\n {2}body/,
      );
      expect(out).toContain('\\u001b[2J');
      expect(out).not.toContain('\u001b');
      const right = createHmac('sha256', SECRET).update(`1767268800.${body}`).digest('hex');
      expect(out).not.toContain(right);
    });

    it.each([
      ['a line feed at its end', `${paid.body}\n`, 'line feed at its end'],
      ['indentation', JSON.stringify(JSON.parse(paid.body), null, 2), 'without blanks'],
    ])('finds %s of the file', async (_, body, finding) => {
      const { code, out } = await hookline(['verify', 'stripe', ...capture(paid.headers, body)]);
      expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining(finding) });
      expect(out).not.toContain(digest);
    });

    it('finds that the sender signed another URL', async () => {
      const url = 'https://example.com/hooks';
      const signed = sampleRequest('square', 'payment.created', { secret: SECRET, url });
      const args = ['verify', 'square', ...capture(signed.headers, signed.body), '--url'];
      expect(await hookline([...args, url])).toMatchObject({ code: 0 });
      const slash = await hookline([...args, `${url}/`]);
      expect(slash).toMatchObject({ code: 1, out: expect.stringContaining('without the slash') });
      const http = await hookline([...args, 'http://example.com/hooks']);
      expect(http.out).toContain('with http: in place of https:');
    });

    it('shows the signed time and the time of the check', async () => {
      const args = capture(paid.headers, paid.body);
      const late = await hookline(['verify', 'stripe', ...args, '--at', '2026-01-01T12:30:00Z']);
      expect(late.code).toBe(1);
      expect(late.out).toContain('refused: timestamp-too-old');
      expect(late.out).toContain('signed time: "1767268800", 2026-01-01T12:00:00.000Z');
      expect(late.out).toContain('judged at: 2026-01-01T12:30:00.000Z');
      const early = await hookline(['verify', 'stripe', ...args, '--at', '1767260000']);
      expect(early.out).toContain('refused: timestamp-too-new');
    });

    it('names the missing headers and those of the request', async () => {
      const args = capture({ 'Content-Type': 'application/json' }, paid.body);
      const { code, out } = await hookline(['verify', 'stripe', ...args]);
      expect(code).toBe(1);
      expect(out).toContain("'stripe' sends: stripe-signature\n  the request has: content-type");
    });

    it('joins a repeated header, as Node.js does', async () => {
      const twice = `stripe-signature: ${signature}\nStripe-Signature: ${signature}`;
      const { out } = await hookline(['verify', 'stripe', ...capture(twice, paid.body)]);
      expect(out).toContain('refused: malformed-signature');
    });

    it('refuses files that do not hold headers', async () => {
      const wrong = await hookline(['verify', 'stripe', ...capture('{"a":', paid.body)]);
      expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('begins like JSON') });
      const line = await hookline(['verify', 'stripe', ...capture('a: b\nno header', paid.body)]);
      expect(line).toMatchObject({ code: 2, err: expect.stringContaining('Line 2 ') });
    });
  });
});
