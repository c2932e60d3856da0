import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeOnDatabases } from '../../test/support/databases.js';
import { NotificationApps } from '../../test/support/notification.apps.js';
import { httpPost } from './channels/http/http-post.notification.js';

describeOnDatabases('A post, from notify() to its server', (kind) => {
  const apps = new NotificationApps(kind);

  it('REQ-43 REQ-61 is postponed as asked, and shows nowhere more of its URL than the host', async () => {
    let status = 429;
    const server = createServer((_request, response) =>
      response.writeHead(status, { 'retry-after': '1.5' }).end('/hooks/s3cret'),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { notifications, worker, queue } = await apps.start();
    const url = `http://${host}/hooks/s3cret?token=s3cret`;
    const { id } = await notifications.notify(
      httpPost({ url, json: { text: 'Hi' }, headers: { authorization: 's3cret' } }),
    );
    await worker.runDue();
    const dueAt = new Date(apps.clock.now() + 1_500);
    expect((await queue.list({ ref: id })).items).toMatchObject([{ state: 'retryable', dueAt }]);
    status = 404;
    apps.clock.advance(1_500);
    await worker.runDue();
    const entry = await notifications.get(id);
    expect(entry).toMatchObject({
      recipient: host,
      state: 'discarded',
      lastError: `${host} answered HTTP 404`,
    });
    expect(apps.lines.filter((line) => line.includes(id))).toHaveLength(2);
    expect(JSON.stringify([entry, (await queue.list()).items, apps.lines])).not.toContain('s3cret');
    server.close();
  });
});
