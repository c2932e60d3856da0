import { InboxService } from '../../lib/inbox/inbox.service.js';
import type { JobView } from '../../lib/queue/job.view.js';
import { QueueService } from '../../lib/queue/queue.service.js';
import type { RuleFiringView } from '../../lib/rules/firings/rule-firing.view.js';
import { RuleService } from '../../lib/rules/rule.service.js';
import { unsigned } from '../../lib/signatures/providers/unsigned/unsigned.js';
import type { TestApp } from './application.js';

/** A source whose requests hold id, type and data. */
export const plainEvents = () =>
  unsigned({ id: { path: 'id' }, type: { path: 'type' }, dataPath: 'data' });

/** Sends events to the source `game` of an application, and looks at the jobs that come of them. */
export class PlainSender {
  private count = 0;

  constructor(private readonly host: Omit<TestApp, 'close'>) {}

  /** @returns the event's id, after the first attempts of its jobs */
  async send(type: string, data: unknown = {}, source = 'game'): Promise<string> {
    const id = `event-${++this.count}`;
    await this.post({ id, type, data }, source);
    await this.host.drain();
    return id;
  }

  /** @returns what the application answers */
  async post(event: object, source = 'game'): Promise<{ readonly status: string }> {
    const answer = await this.host.post(`/webhooks/${source}`, JSON.stringify(event), {
      'content-type': 'application/json',
    });
    if (answer.status !== 200) throw new Error(answer.body);
    return JSON.parse(answer.body) as { status: string };
  }

  async keyOf(id: string): Promise<string> {
    return (await this.host.app.get(InboxService).list({ id })).items[0]!.key;
  }

  async jobsOf(id: string): Promise<readonly JobView[]> {
    return (await this.host.app.get(QueueService).list({ ref: await this.keyOf(id) })).items;
  }

  /** The jobs of a new event, after their first attempts. */
  async jobsAfter(type: string, data: unknown = {}): Promise<readonly JobView[]> {
    return this.jobsOf(await this.send(type, data));
  }

  /** The firings of a new event, after their first attempts. */
  async firingsAfter(type: string, data: unknown = {}): Promise<readonly RuleFiringView[]> {
    const event = await this.keyOf(await this.send(type, data));
    return (await this.host.app.get(RuleService).firings({ event })).items;
  }
}
