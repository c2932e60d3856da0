import { Injectable } from '@nestjs/common';
import { OnWebhook } from '../../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../../lib/event/webhook-event.js';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import type { WebhookModuleOptions } from '../../lib/module/webhook.options.js';
import type { SigningScheme } from '../../lib/signatures/signing.scheme.js';
import type { AdapterName, Answer } from './application.js';
import { FakeClock } from './fake.clock.js';
import { SharedApp } from './shared.app.js';
import type { SharedDatabase } from './shared.database.js';

export const SECRET = 'the secret of all senders here';
export const PUBLIC_URL = 'https://hooks.example';

@Injectable()
class Clerk {
  readonly seen: WebhookEvent[] = [];

  @OnWebhook(['paid.**', 'contact.*', 'processed', 'payments.*'])
  take(event: WebhookEvent): void {
    this.seen.push(event);
  }

  @OnWebhook('fails.once')
  failOnce(event: WebhookEvent): void {
    this.seen.push(event);
    if (this.seen.length === 1) throw new Error('not yet');
  }
}

/** An application whose senders put several events in a request. */
export class BatchApp extends SharedApp {
  readonly clock: FakeClock;

  constructor(
    database: SharedDatabase,
    adapter: AdapterName,
    sources: NonNullable<WebhookModuleOptions['sources']>,
  ) {
    const clock = new FakeClock(Date.parse('2026-03-01T12:00:00Z'));
    super({
      database,
      adapter,
      options: {
        clock,
        receiver: { publicUrl: PUBLIC_URL },
        inbox: { maxGroup: 5 },
        sources,
      },
      host: { providers: [Clerk] },
    });
    this.clock = clock;
    beforeEach(() => {
      this.seen().length = 0;
    });
  }

  /** Posts a body that the scheme signs. */
  send(source: string, scheme: SigningScheme, body: string | Buffer): Promise<Answer> {
    const path = `/webhooks/${source}`;
    const { headers } = scheme.sign({
      body,
      timestamp: this.clock.date,
      url: `${PUBLIC_URL}${path}`,
    });
    return this.post(path, body, { 'content-type': 'application/json', ...headers });
  }

  /** All events, the oldest first. */
  stored(): Promise<EventEntity[]> {
    return this.dataSource()
      .getRepository(EventEntity)
      .find({ order: { key: 'ASC' } });
  }

  /** What the handlers of this test were given. */
  seen(): WebhookEvent[] {
    return this.app.get(Clerk).seen;
  }
}

export const contentOf = (answer: Answer): unknown => JSON.parse(answer.body);
