import { standardWebhooks } from '../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { GAME_SECRET, pointsUpdated } from './support/game.js';
import { SeenPoints } from './support/seen-points.js';

describeOnDatabases('Two machines', (kind) => {
  it('REQ-29 accept one of two copies that come at once, and both answer 200', async () => {
    const database = await kind.create();
    const options = { sources: { game: standardWebhooks({ secret: GAME_SECRET }) } };
    const host = { providers: [SeenPoints] };
    const machines: TestApp[] = [
      await startApp({ database, options, host }),
      await startApp({ database, options, host }),
    ];
    try {
      const copies = Array.from({ length: 20 }, (_, index) =>
        pointsUpdated({ userId: 1, points: index }, { id: `msg_${index}` }),
      );
      const answers = await Promise.all(
        copies.flatMap(({ body, headers }) =>
          machines.map((machine) => machine.post('/webhooks/game', body, headers)),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      const outcomes = answers.map(({ body }) => (JSON.parse(body) as { status: string }).status);
      expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(20);
      for (const machine of machines) await machine.drain();
      const seen = machines.flatMap((machine) => machine.app.get(SeenPoints).seen);
      expect(seen.toSorted()).toEqual(
        copies.map(({ headers }) => headers['webhook-id']!).toSorted(),
      );
    } finally {
      await Promise.all(machines.map((machine) => machine.close()));
      await database.drop();
    }
  });
});
