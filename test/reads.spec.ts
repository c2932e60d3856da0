import { InboxService } from '../lib/inbox/inbox.service.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';

/** What somebody may have typed into a page, or a link may have been cut to. */
const IDS = ['', '1', 'abc', "' OR 1=1 --", '0190a0a0-0000-7000-8000-00000000000', 'é'.repeat(300)];

const UNKNOWN = '0190a0a0-0000-7000-8000-000000000000';

describeOnDatabases('To look for what there is not', (kind) => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await kind.create();
    app = await startApp({ database });
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it.each([...IDS, UNKNOWN])('finds nothing, and is no error of the database (%j)', async (id) => {
    const [inbox, queue, notifications] = [
      app.app.get(InboxService),
      app.app.get(QueueService),
      app.app.get(NotificationService),
    ];
    expect(await inbox.get(id)).toBeUndefined();
    expect(await inbox.retry(id)).toBe(0);
    expect(await inbox.replay(id)).toBe(0);
    expect(await queue.get(id)).toBeUndefined();
    expect(await queue.retry(id)).toBe(false);
    expect(await queue.retryDiscarded(id)).toBe(0);
    expect(await queue.cancel(id)).toBe(false);
    expect(await notifications.get(id)).toBeUndefined();
  });

  it.each(IDS)('names a place to go on from that is none (%j)', async (after) => {
    const replay = app.app.get(InboxService).replay({ after });
    await expect(replay).rejects.toThrow(RangeError);
  });
});
