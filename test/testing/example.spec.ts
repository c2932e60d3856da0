import { Injectable, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { email, NotificationService, OnWebhook, WebhookModule } from 'nestjs-hookline';
import type { WebhookEvent } from 'nestjs-hookline';
import { stripe } from 'nestjs-hookline/signatures';
import {
  drain,
  expectHandled,
  expectNotified,
  NOTIFICATION_CHANNELS,
  RecordedNotifications,
  samplePayload,
  signedRequest,
  type SamplePayload,
} from 'nestjs-hookline/testing';
import request from 'supertest';

type Paid = SamplePayload<'stripe', 'invoice.paid'>['data'];

@Injectable()
class Billing {
  constructor(private readonly notifications: NotificationService) {}

  @OnWebhook('invoice.paid', { source: 'stripe' })
  async paid({ id, data }: WebhookEvent<Paid>): Promise<void> {
    const { customer_email: to, amount_paid: cents } = data.object;
    await this.notifications.notify(
      email({ to, subject: 'Thank you', text: `We got ${cents / 100} EUR.`, key: id }),
    );
  }
}

describe('Billing', () => {
  const scheme = stripe({ secret: 'whsec_test' });
  const recorded = new RecordedNotifications();
  let app: INestApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot({
          type: 'better-sqlite3',
          database: ':memory:',
          autoLoadEntities: true,
          synchronize: true,
        }),
        WebhookModule.forRoot({ sources: { stripe: scheme } }),
      ],
      providers: [Billing],
    })
      .overrideProvider(NOTIFICATION_CHANNELS)
      .useFactory(recorded) // nothing is sent, and no mail server is needed
      .compile();
    app = module.createNestApplication();
    await app.init();
  });

  afterAll(() => app.close());

  it('thanks the customer once, however often Stripe sends the event', async () => {
    const payload = samplePayload('stripe', 'invoice.paid', { id: 'evt_1' });
    payload.data.object.amount_paid = 5000;

    for (const status of ['accepted', 'duplicate']) {
      const { headers, body } = signedRequest(scheme, payload);
      const post = request(app.getHttpServer()).post('/webhooks/stripe').set(headers).send(body);
      expect((await post.expect(200)).body).toMatchObject({ status });
    }
    await drain(app);

    await expectHandled(app, { source: 'stripe', id: 'evt_1', handler: 'Billing.paid' });
    expectNotified(recorded, {
      channel: 'email',
      to: 'jane@example.com',
      payload: { text: 'We got 50 EUR.' },
      times: 1,
    });
  });
});
