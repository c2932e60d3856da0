import { generateKeyPairSync } from 'node:crypto';
import { gocardless } from '../lib/signatures/providers/gocardless/gocardless.js';
import { hubspot } from '../lib/signatures/providers/hubspot/hubspot.js';
import { sendgrid } from '../lib/signatures/providers/sendgrid/sendgrid.js';
import { xero } from '../lib/signatures/providers/xero/xero.js';
import { ADAPTERS } from './support/application.js';
import { BatchApp, contentOf, SECRET } from './support/batch.app.js';
import { describeOnDatabases } from './support/databases.js';
import { SharedDatabase } from './support/shared.database.js';

describeOnDatabases('Senders of batches', (kind) => {
  const database = new SharedDatabase(kind);

  describe.each(ADAPTERS)('with %s', (adapter) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const mail = sendgrid({
      publicKey: undefined,
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    });
    const crm = hubspot({ secret: SECRET, url: ({ url }) => url });
    const debit = gocardless({ secret: SECRET });
    const books = xero({ secret: SECRET });
    const app = new BatchApp(database, adapter, { mail, crm, debit, books });

    it('takes the events of SendGrid, with the line break at the end', async () => {
      const item = '{"sg_event_id":"s1","event":"processed","timestamp":1772366400}';
      const answer = await app.send(
        'mail',
        mail,
        `[${item},\r\n{"sg_event_id":"s2","event":"x"}]\r\n`,
      );
      expect(contentOf(answer)).toMatchObject({ accepted: 1, ignored: 1 });
      await app.drain();
      expect(app.seen()).toMatchObject([
        { id: 's1', type: 'processed', rawBody: Buffer.from(item) },
      ]);
    });

    it('REQ-19 takes the events of HubSpot, which signs the public URL', async () => {
      const item =
        '{"eventId":1,"subscriptionId":2,"objectId":3,"occurredAt":4,"subscriptionType":"contact.creation"}';
      expect(contentOf(await app.send('crm', crm, `[${item}]`))).toMatchObject({ accepted: 1 });
      const { headers } = crm.sign({
        body: `[${item}]`,
        timestamp: app.clock.date,
        url: 'https://other.example/webhooks/crm',
      });
      const moved = await app.post('/webhooks/crm', `[${item}]`, {
        ...headers,
        'content-type': 'application/json',
        'x-forwarded-host': 'other.example',
        'x-forwarded-proto': 'https',
      });
      expect(moved.status).toBe(401);
    });

    it('takes the events of GoCardless', async () => {
      const item = '{"id":"EV1","resource_type":"payments","action":"confirmed"}';
      expect(contentOf(await app.send('debit', debit, `{"events":[${item}]}`))).toMatchObject({
        accepted: 1,
      });
      expect(await app.stored()).toMatchObject([
        { id: 'EV1', type: 'payments.confirmed', body: item },
      ]);
    });

    it('answers GoCardless 498 to a wrong signature', async () => {
      const wrong = await app.send(
        'debit',
        gocardless({ secret: 'other' }),
        '{"events":[{"id":"1"}]}',
      );
      expect(wrong).toMatchObject({ status: 498, body: '' });
      expect(await app.stored()).toEqual([]);
    });

    it('answers Xero with nothing in the body, whatever came of the events', async () => {
      const body = '{"events":[{"eventCategory":"INVOICE","eventType":"UPDATE"}]}';
      for (const expected of [1, 1]) {
        expect(await app.send('books', books, body)).toMatchObject({ status: 200, body: '' });
        expect(await app.stored()).toHaveLength(expected);
      }
      expect(await app.post('/webhooks/books', body)).toMatchObject({ status: 401, body: '' });
    });
  });
});
