import 'reflect-metadata';
import { z } from 'zod';
import type { WebhookEvent } from '../event/webhook-event.js';
import { OnWebhook } from './on-webhook.decorator.js';

interface Order {
  readonly orderId: string;
}

// Lanes are checked by the compiler; each method would be an error of the build otherwise.
class Handlers {
  @OnWebhook<Order>('order.*', { lane: (event) => event.data.orderId, whenHeadFails: 'hold' })
  given(): void {}

  @OnWebhook('order.*', { lane: (event: WebhookEvent<Order>) => event.data.orderId })
  inferred(): void {}

  @OnWebhook('order.*', {
    schema: z.object({ orderId: z.number() }),
    lane: ({ data }) => data.orderId,
  })
  bySchema(event: WebhookEvent<{ orderId: number }>): void {
    void event;
  }

  @OnWebhook('order.*', { lane: (event) => event.tenant })
  byTenant(): void {}

  // @ts-expect-error no lane that could wait
  @OnWebhook('order.*', { whenHeadFails: 'hold' })
  withoutLane(): void {}

  // @ts-expect-error no such choice
  @OnWebhook('order.*', { lane: (event) => event.id, whenHeadFails: 'wait' })
  unknownChoice(): void {}

  // @ts-expect-error nobody awaits it
  @OnWebhook('order.*', { lane: async (event) => event.id })
  asynchronous(): void {}

  // @ts-expect-error all objects would be one lane
  @OnWebhook('order.*', { lane: ({ headers }) => headers })
  ofObjects(): void {}

  // @ts-expect-error not a function of the event
  @OnWebhook('order.*', { lane: 'orderId' })
  named(): void {}
}

describe('The options of @OnWebhook', () => {
  it('compile only where they fit together', () => {
    expect(new Handlers()).toBeDefined();
  });
});
