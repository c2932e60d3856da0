import { Injectable } from '@nestjs/common';
import { OnWebhook, type HandlerContext, type WebhookEvent } from '../../lib/index.js';

/** Long enough to be running when its process is stopped, in milliseconds. */
const DOZE_MS = 100;

const tell = (word: string, { id }: WebhookEvent, { attempt }: HandlerContext): void =>
  void process.stdout.write(`${word} ${id} ${attempt}\n`);

/** Handlers of events that kill their process, of innocent events, and of large ones. */
@Injectable()
export class StormHandlers {
  @OnWebhook('poison', { name: 'poison' })
  poison(event: WebhookEvent, context: HandlerContext): void {
    tell('started', event, context);
    process.exit(1);
  }

  @OnWebhook('innocent', { name: 'innocent' })
  async innocent(event: WebhookEvent, context: HandlerContext): Promise<void> {
    tell('started', event, context);
    await new Promise(setImmediate);
    tell('handled', event, context);
  }

  @OnWebhook('doze', { name: 'doze' })
  async doze(event: WebhookEvent, context: HandlerContext): Promise<void> {
    tell('started', event, context);
    await new Promise((resolve) => {
      setTimeout(resolve, DOZE_MS);
    });
    tell('handled', event, context);
  }

  @OnWebhook('large', { name: 'large' })
  async large(event: WebhookEvent<{ rows: object[] }>, context: HandlerContext): Promise<void> {
    tell('started', event, context);
    await new Promise(setImmediate);
    if (event.data.rows.length > 0) tell('handled', event, context);
  }
}
