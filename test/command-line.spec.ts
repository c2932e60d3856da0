import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { InboxService, OnWebhook } from 'nestjs-hookline';
import {
  github,
  shopify,
  slack,
  square,
  standardWebhooks,
  stripe,
} from 'nestjs-hookline/signatures';
import { startApp, type TestApp } from './support/application.js';
import { CommandLine, runHere } from './support/command-line.js';
import { DATABASES, type TestDatabase } from './support/databases.js';

const SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const PUBLIC_URL = 'https://shop.example.com/hooks/square';

// Each call is a process of its own, and the machine may have others.
jest.setTimeout(60_000);

/** Provider, sample, and what can be made wrong with the reason that the log gives. */
const CASES = [
  [
    'stripe',
    'invoice.paid',
    { body: 'signature-mismatch', signature: 'signature-mismatch', timestamp: 'timestamp-too-old' },
  ],
  [
    'standardWebhooks',
    'points.updated',
    { body: 'signature-mismatch', timestamp: 'timestamp-too-old' },
  ],
  ['slack', '/points', { body: 'signature-mismatch', timestamp: 'timestamp-too-old' }],
  ['github', 'issues.opened', { body: 'signature-mismatch', signature: 'signature-mismatch' }],
  ['shopify', 'orders/create', { signature: 'signature-mismatch' }],
  ['square', 'payment.created', { body: 'signature-mismatch' }],
] as const;

@Injectable()
class Handlers {
  @OnWebhook('**')
  take(): void {}
}

describe('The command line (REQ: bad input is refused, and the log says why)', () => {
  let commandLine: CommandLine;
  let database: TestDatabase;
  let host: TestApp;
  let folder: string;
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  beforeAll(async () => {
    commandLine = new CommandLine();
    folder = mkdtempSync(join(tmpdir(), 'hookline-cli-'));
    database = await DATABASES[0]!.create();
    host = await startApp({
      database,
      options: {
        sources: {
          stripe: stripe({ secret: SECRET }),
          standardWebhooks: standardWebhooks({ secret: SECRET }),
          slack: slack({ secret: SECRET }),
          github: github({ secret: SECRET }),
          shopify: shopify({ secret: SECRET }),
          square: square({ secret: SECRET, url: PUBLIC_URL }),
        },
      },
      host: { providers: [Handlers] },
    });
  });

  afterAll(async () => {
    commandLine.remove();
    await host.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const stored = (source: string) => host.app.get(InboxService, { strict: false }).list({ source });
  const env = { HOOKLINE_SECRET: SECRET };
  const argsFor = (source: string, type: string, ...more: string[]): string[] => [
    'trigger',
    source,
    type,
    '--to',
    `${host.url}/webhooks/${source}`,
    ...(source === 'square' ? ['--url', PUBLIC_URL] : []),
    ...more,
  ];
  const trigger = (source: string, type: string, ...more: string[]) =>
    commandLine.run(argsFor(source, type, ...more), env);

  it.each(CASES)('sends %s, %s: stored once; each tampered form refused', async (...args) => {
    const [source, type, tamperings] = args;
    host.logger.clear();
    const results = await Promise.all([
      trigger(source, type),
      ...Object.keys(tamperings).map((what) =>
        runHere(argsFor(source, type, '--tamper', what), env),
      ),
    ]);
    for (const { code, out, err } of results) {
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).not.toContain(SECRET.slice(6));
    }
    const [sent, ...refused] = results;
    expect(sent!.out).toMatch(/^200 {2}\d+\.\d ms {2}status: accepted, id: /);
    for (const { out } of refused) expect(out).toMatch(/^401 /);
    expect((await stored(source)).items).toMatchObject([{ type, status: 'accepted' }]);
    expect(host.logger.of('warn', 'WebhookReceiver').toSorted()).toEqual(
      Object.values(tamperings)
        .map((reason) => `Refused a request to source '${source}' with 401: ${reason}`)
        .toSorted(),
    );
  });

  it('F-33 waits for an application that is starting, and no longer than it is told', async () => {
    const late = createServer((_, response) => response.end('late'));
    const free = await portThatIsFree();
    const waiting = commandLine.run(
      ['trigger', 'stripe', 'invoice.paid', '--to', `http://127.0.0.1:${free}`, '--wait', '60'],
      env,
    );
    // By the time that this one has come to its end, the other one looks for a listener.
    expect((await trigger('stripe', 'invoice.paid')).code).toBe(0);
    await new Promise<void>((resolve) => late.listen(free, '127.0.0.1', resolve));
    const { code, out } = await waiting;
    late.close();
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^200 .*late/) as unknown,
    });

    const inVain = await commandLine.run(
      ['trigger', 'stripe', 'invoice.paid', '--to', `http://127.0.0.1:${free}`, '--wait', '1'],
      env,
    );
    expect(inVain).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^ECONNREFUSED/) as unknown,
    });
  });

  it('sends many new events at once, and sums up', async () => {
    const before = (await stored('stripe')).items.length;
    const { code, out } = await trigger(
      'stripe',
      'invoice.paid',
      '--times',
      '60',
      '--concurrency',
      '6',
    );
    expect(code).toBe(0);
    expect(out).toMatch(
      /^60 sent in [\d.]+ s \(\d+ a second\)\n {2}200 +60\n {2}p50 [\d.]+ ms, p99 [\d.]+ ms\n$/,
    );
    expect((await stored('stripe')).items.length).toBe(before + 60);
  });

  it('sends a file byte for byte, with a secret from a file', async () => {
    const data = file('data.json', '{ "id": "evt_own", "type": "invoice.paid",\n "data": {} }\n');
    const secret = file('secret.txt', `${SECRET}\n`);
    const { code } = await commandLine.run([
      'trigger',
      'stripe',
      'invoice.paid',
      '--to',
      `${host.url}/webhooks/stripe`,
      '--data',
      data,
      '--secret-file',
      secret,
    ]);
    expect(code).toBe(0);
    expect((await stored('stripe')).items).toContainEqual(
      expect.objectContaining({ id: 'evt_own' }),
    );
  });

  it('ends with 1 where a request is refused or nobody is there', async () => {
    const [refused, absent] = await Promise.all([
      commandLine.run(
        ['trigger', 'stripe', 'invoice.paid', '--to', `${host.url}/webhooks/stripe`],
        {
          HOOKLINE_SECRET: 'another secret',
        },
      ),
      trigger('stripe', 'invoice.paid', '--to', 'http://127.0.0.1:1/'),
    ]);
    expect(refused).toMatchObject({ code: 1, out: expect.stringMatching(/^401 /) });
    expect(absent).toMatchObject({ code: 1, out: expect.stringMatching(/^ECONNREFUSED /) });
  });
});

async function portThatIsFree(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
