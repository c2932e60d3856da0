import type { INestApplicationContext } from '@nestjs/common';
import type { Inbox } from '../../../lib/inbox/inbox.js';
import type { JobWorker } from '../../../lib/queue/engines/sql/job.worker.js';

/** Internal classes of the built package: the entries behind the receiver. */
export interface Internals {
  readonly inbox: Inbox;
  readonly worker: JobWorker;
}

export async function internals(app: INestApplicationContext): Promise<Internals> {
  const inbox = await load<typeof import('../../../lib/inbox/inbox.js')>('./inbox/inbox.js');
  const queue = await load<typeof import('../../../lib/queue/engines/sql/job.worker.js')>(
    './queue/engines/sql/job.worker.js',
  );
  return {
    inbox: app.get(inbox.Inbox, { strict: false }),
    worker: app.get(queue.JobWorker, { strict: false }),
  };
}

async function load<Module>(path: string): Promise<Module> {
  return (await import(new URL(path, import.meta.resolve('nestjs-hookline')).href)) as Module;
}
