import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { InboxService } from 'nestjs-hookline';
import {
  drain,
  expectHandled,
  RecordedNotifications,
  samplePayload,
  sampleRequest,
  signedRequest,
} from 'nestjs-hookline/testing';
import request from 'supertest';
import { game, shop, startModule, TestingKit } from '../support/testing.kit.js';

const points = { type: 'points.updated', data: { userId: 1, points: 150, name: 'Jürgen ✓' } };

describe('The testing kit', () => {
  const kit = new TestingKit();

  describe('signedRequest', () => {
    it('fits supertest, for JSON and for forms', async () => {
      const json = signedRequest(game, points, kit.now);
      await request(kit.app.getHttpServer())
        .post('/webhooks/game')
        .set(json.headers)
        .send(json.body)
        .expect(200);
      const form = signedRequest(
        shop,
        { order: 7, note: 'a&b=ü' },
        { id: 'f1', headers: { 'X-Shop-Topic': 'order.paid' }, format: 'form' },
      );
      await request(kit.app.getHttpServer())
        .post('/webhooks/shop')
        .set(form.headers)
        .send(form.body)
        .expect(200);
      await drain(kit.app);
      const paid = await expectHandled(kit.app, { source: 'shop', id: 'f1', type: 'order.paid' });
      expect(paid.data).toEqual({ order: '7', note: 'a&b=ü' });
    });

    it('fits fetch', async () => {
      await kit.app.listen(0, '127.0.0.1');
      const signed = signedRequest(game, points, { ...kit.now, id: 'by-fetch' });
      const response = await fetch(`${await kit.app.getUrl()}/webhooks/game`, signed);
      expect(response.status).toBe(200);
      await drain(kit.app);
      const event = await expectHandled(kit.app, { source: 'game', id: 'by-fetch' });
      expect(event.data).toEqual(points.data);
    });

    it('fits inject() of Fastify', async () => {
      const fastify = await startModule(kit.clock, new RecordedNotifications(), true);
      try {
        const signed = signedRequest(game, points, { ...kit.now, id: 'by-inject' });
        const response = await (fastify as NestFastifyApplication).inject({
          ...signed,
          method: 'POST',
          url: '/webhooks/game',
        });
        expect(response.statusCode).toBe(200);
        await drain(fastify);
        const { data } = await expectHandled(fastify, { source: 'game', id: 'by-inject' });
        expect(data).toEqual(points.data);
      } finally {
        await fastify.close();
      }
    });

    it('signs text as it is, and refuses what is not text', () => {
      expect(signedRequest(game, '{"a": 1}').body).toBe('{"a": 1}');
      expect(signedRequest(shop, new URLSearchParams({ a: '1' }), { id: 'x' })).toMatchObject({
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-shop-id': 'x' },
        body: 'a=1',
      });
      expect(() => signedRequest(game, Buffer.from([0xff, 0xfe]))).toThrow('not text in UTF-8');
      expect(() => signedRequest(game, undefined)).toThrow('JSON cannot hold');
    });

    it('makes a new event each time, unless it is given an id', () => {
      const ids = [1, 2].map(() => signedRequest(game, points).headers['webhook-id']);
      expect(new Set(ids).size).toBe(2);
      expect(signedRequest(game, points, { id: 'one' }).headers['webhook-id']).toBe('one');
    });
  });

  describe('samples', () => {
    it('are the same event for the same id, and may be changed', () => {
      const first = samplePayload('stripe', 'invoice.paid', { at: kit.clock.date });
      first.data.object.amount_paid = 0;
      const second = samplePayload('stripe', 'invoice.paid', { at: kit.clock.date });
      expect(second.data.object.amount_paid).toBe(2500);
      expect(second.id).toBe(first.id);
    });

    it('name what there is, where there is no such sample', () => {
      expect(() => samplePayload('stripe', 'invoice.lost' as 'invoice.paid')).toThrow(
        /no sample of 'stripe' for 'invoice.lost'. There are: invoice.paid,/,
      );
      expect(() => samplePayload('constructor' as 'stripe', 'invoice.paid')).toThrow(
        /no samples of 'constructor'/,
      );
    });

    it('are sent with the headers that hold their type', async () => {
      const { headers, body } = sampleRequest('github', 'issues.opened', { secret: 'gh secret' });
      await request(kit.app.getHttpServer())
        .post('/webhooks/github')
        .set(headers)
        .send(body)
        .expect(200);
      const stored = (await kit.app.get(InboxService, { strict: false }).list({ source: 'github' }))
        .items;
      expect(stored).toMatchObject([{ type: 'issues.opened', id: 'evt_sample' }]);
    });
  });
});
