import type { WebhookModuleOptions } from '../../lib/module/webhook.options.js';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import { JobEntity } from '../../lib/queue/job.entity.js';
import type { HandshakeOptions } from '../../lib/signatures/handshake/handshake.js';
import { hmac } from '../../lib/signatures/schemes/hmac.scheme.js';
import type { SigningScheme } from '../../lib/signatures/signing.scheme.js';
import type { AdapterName, Answer } from './application.js';
import { FakeClock } from './fake.clock.js';
import { SharedApp } from './shared.app.js';
import type { SharedDatabase } from './shared.database.js';

export const SECRET = 'the secret of all senders here';

export function scheme(name: string, handshake: HandshakeOptions): SigningScheme {
  return hmac({
    name,
    secret: SECRET,
    signature: { header: 'x-signature' },
    id: { header: 'x-id' },
    handshake,
  });
}

/** An application whose senders ask for handshakes. */
export class HandshakeApp extends SharedApp {
  readonly clock: FakeClock;

  constructor(
    database: SharedDatabase,
    adapter: AdapterName,
    sources: NonNullable<WebhookModuleOptions['sources']>,
  ) {
    const clock = new FakeClock();
    const options = { clock, receiver: { handshakeTimeoutMs: 3_000 }, sources };
    super({ database, adapter, options, prepare: (host) => host.enableCors() });
    this.clock = clock;
    // A handshake is no event, whatever comes of it.
    afterEach(async () => {
      const events = await this.dataSource().getRepository(EventEntity).count();
      const jobs = await this.dataSource().getRepository(JobEntity).count();
      if (events + jobs > 0) throw new Error(`${events} events and ${jobs} jobs were stored`);
    });
  }

  signedPost(name: string, sender: SigningScheme, body: string): Promise<Answer> {
    return this.post(`/webhooks/${name}`, body, {
      'content-type': 'application/json',
      ...sender.sign({ body }).headers,
    });
  }
}
