import { Test } from '@nestjs/testing';
import { drain, expectHandled, signedRequest } from 'nestjs-hookline/testing';
import request from 'supertest';
import { failureOf, game, Handlers, TestingKit } from '../support/testing.kit.js';

describe('The testing kit', () => {
  const kit = new TestingKit();

  describe('drain', () => {
    it('runs what is due, and what the clock makes due', async () => {
      const { headers, body } = signedRequest(
        game,
        { type: 'order.broken', data: {} },
        { ...kit.now, id: 'broken' },
      );
      await request(kit.app.getHttpServer())
        .post('/webhooks/game')
        .set(headers)
        .send(body)
        .expect(200);
      await drain(kit.app);
      const handlers = kit.app.get(Handlers);
      const attempts = () => handlers.seen.filter(({ id }) => id === 'broken').length;
      expect(attempts()).toBe(1);
      kit.clock.advance(60_000);
      await drain(kit.app);
      expect(attempts()).toBe(2);
    });

    it('says what is missing in an application without the module', async () => {
      const module = await Test.createTestingModule({}).compile();
      await expect(drain(module)).rejects.toThrow('The application has no WebhookModule.');
    });
  });

  describe('expectHandled', () => {
    const post = async (type: string, id: string): Promise<void> => {
      const { headers, body } = signedRequest(game, { type, data: {} }, { ...kit.now, id });
      await request(kit.app.getHttpServer())
        .post('/webhooks/game')
        .set(headers)
        .send(body)
        .expect(200);
    };

    it('tells that nothing was stored, and what was', async () => {
      await post('points.updated', 'stored');
      expect(
        await failureOf(() => expectHandled(kit.app, { source: 'game', id: 'other' })),
      ).toMatch(
        /an event of source 'game' with the id 'other', and none is stored[^]*game 'stored', type 'points.updated' \(accepted\)/,
      );
    });

    it('tells that no handler wants the event', async () => {
      await post('nobody.wants', 'ignored');
      expect(
        await failureOf(() => expectHandled(kit.app, { source: 'game', id: 'ignored' })),
      ).toMatch(/it was ignored: no handler and no rule wants/);
    });

    it('tells why a handler failed, or gave up', async () => {
      await post('order.broken', 'failing');
      await post('order.lost', 'lost');
      await drain(kit.app);
      expect(
        await failureOf(() => expectHandled(kit.app, { source: 'game', id: 'failing' })),
      ).toMatch(/Handlers.order: retryable after attempt 1 of 12: Error: no stock/);
      expect(await failureOf(() => expectHandled(kit.app, { source: 'game', id: 'lost' }))).toMatch(
        /Handlers.order: discarded after attempt 1 of 12: .*nobody ordered it/,
      );
    });

    it('tells who was given it, where another handler is named', async () => {
      await post('points.updated', 'named');
      await drain(kit.app);
      await expectHandled(kit.app, { source: 'game', id: 'named', handler: 'Handlers.save' });
      const wrong = { source: 'game', id: 'named', handler: 'Handlers.order' };
      expect(await failureOf(() => expectHandled(kit.app, wrong))).toMatch(
        /to be given to 'Handlers.order'[^]*- Handlers.save: completed/,
      );
    });
  });
});
