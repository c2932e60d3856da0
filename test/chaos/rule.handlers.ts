import { Injectable } from '@nestjs/common';
import {
  Rule,
  type Notification,
  type RuleMatch,
  type TransactionalHandlerContext,
} from '../../lib/index.js';
import { EffectEntity } from './effect.entity.js';

/** An event of a subject whose condition is true at every second one. */
export interface Alternation {
  readonly subject: string;
  readonly isOn: boolean;
}

/** The part of the attempts that fail after they have written. */
const FAILING_PART = 0.2;

/** A rule whose method fails now and then. */
@Injectable()
export class RuleHandlers {
  @Rule<Alternation>({
    name: 'alternating',
    on: 'alternation',
    subject: ({ data }) => data.subject,
    when: ({ data }) => data.isOn,
  })
  async alternating(
    { event, subject, fireCount }: RuleMatch<Alternation>,
    { manager, attempt }: TransactionalHandlerContext,
  ): Promise<Notification> {
    await manager.insert(EffectEntity, { eventId: event.id, attempt });
    if (Math.random() < FAILING_PART) throw new Error('the method fails');
    return { channel: 'tell', payload: { text: `${subject}:${fireCount}` } };
  }
}
