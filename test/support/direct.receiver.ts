import type { Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { PassThrough } from 'node:stream';
import { DataSource } from 'typeorm';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import type { Answer } from '../../lib/receiver/answer.js';
import type { ReceiverOptions } from '../../lib/receiver/receiver.options.js';
import type { SourceRequest } from '../../lib/receiver/source-request.js';
import type { SourcesOption } from '../../lib/receiver/sources.option.js';
import { WebhookReceiver } from '../../lib/receiver/webhook.receiver.js';
import type { EventFacts, SignatureScheme } from '../../lib/signatures/signature-scheme.js';
import { close } from './close.js';
import { ReceiverLog, receiverImports, signature } from './receiver.surroundings.js';

interface Sent {
  readonly source?: string;
  readonly method?: string;
  readonly url?: string;
  readonly origin?: string;
  readonly headers?: Record<string, string>;
}

/** A receiver that is given requests without HTTP. Each test starts its own. */
export class DirectReceiver {
  readonly log = new ReceiverLog(['log', 'warn', 'error', 'debug']);
  private module!: TestingModule;

  constructor() {
    afterEach(async () => {
      await close(this.module);
      this.log.lines.length = 0;
    });
  }

  async start(
    sources: SourcesOption,
    providers: readonly Type[] = [],
    options: ReceiverOptions = {},
  ): Promise<void> {
    this.module = await Test.createTestingModule({
      imports: receiverImports(sources, providers, options),
    })
      .setLogger(this.log)
      .compile();
    await this.module.init();
  }

  /** Stops the application before its test ends. */
  stop(): Promise<void> {
    return this.module.close();
  }

  get<Provider>(token: Type<Provider>): Provider {
    return this.module.get<Provider>(token, { strict: false });
  }

  receive(request: SourceRequest): Promise<Answer | undefined> {
    return this.get(WebhookReceiver).receive(request);
  }

  /** Posts a body, signed unless the test says otherwise. */
  post(body: string | Buffer, sent: Sent = {}): Promise<Answer | undefined> {
    const bytes = Buffer.from(body);
    const source = sent.source ?? 'game';
    const raw = Object.assign(new PassThrough(), {
      method: sent.method ?? 'POST',
      headers: {
        'content-type': 'application/json',
        'x-test-signature': signature(bytes),
        ...sent.headers,
      },
    });
    raw.end(bytes);
    const url = sent.url ?? `/webhooks/${source}`;
    return this.receive({ source, url, origin: sent.origin, raw });
  }

  async statusOf(body: string | Buffer, sent?: Sent): Promise<number | undefined> {
    return (await this.post(body, sent))?.status;
  }

  /** The stored events, the newest first. */
  stored(): Promise<EventEntity[]> {
    const events = this.get(DataSource).getRepository(EventEntity);
    return events.find({ order: { key: 'DESC' } });
  }
}

/** What an answer says, which is one line of JSON. */
export function contentOf(answered: Answer | undefined): unknown {
  expect(answered?.body).not.toContain('\n');
  return JSON.parse(String(answered?.body ?? 'null'));
}

/** A scheme that accepts everything and says what the test wants. */
export function saying(facts: EventFacts): SignatureScheme {
  return { name: 'saying', verify: () => ({ ok: true, keyIndex: 0, ...facts }) };
}
