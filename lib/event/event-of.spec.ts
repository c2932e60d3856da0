import 'reflect-metadata';
import { OnWebhook } from '../dispatch/on-webhook.decorator.js';
import { Rule } from '../rules/rule.decorator.js';
import type { EventOf } from './event-of.js';
import type { WebhookEvent } from './webhook-event.js';

interface Invoice {
  readonly id: string;
  readonly total: number;
}

interface BillingEvents {
  'invoice.paid': Invoice;
  'invoice.voided': { readonly id: string };
  'customer.card.added': { readonly last4: string };
  ping: null;
}

/** Fails to compile where the two are not the same type. */
function same<A, B>(
  equal: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false,
): boolean {
  return equal;
}

type TypeOf<Event extends WebhookEvent> = Event['type'];

/** What these check, the compiler checks: the calls are there so that it looks. */
describe('EventOf', () => {
  it('has the data of one type', () => {
    expect(same<EventOf<BillingEvents, 'invoice.paid'>['data'], Invoice>(true)).toBe(true);
    expect(same<TypeOf<EventOf<BillingEvents, 'invoice.paid'>>, 'invoice.paid'>(true)).toBe(true);
    expect(same<EventOf<BillingEvents, 'ping'>['data'], null>(true)).toBe(true);
  });

  it('is a union for a pattern', () => {
    expect(
      same<TypeOf<EventOf<BillingEvents, 'invoice.*'>>, 'invoice.paid' | 'invoice.voided'>(true),
    ).toBe(true);
    expect(same<TypeOf<EventOf<BillingEvents, 'customer.**'>>, 'customer.card.added'>(true)).toBe(
      true,
    );
    expect(
      same<TypeOf<EventOf<BillingEvents, 'customer.card.*'>>, 'customer.card.added'>(true),
    ).toBe(true);
    expect(same<TypeOf<EventOf<BillingEvents, '**'>>, keyof BillingEvents>(true)).toBe(true);
  });

  it('is told apart by its type', () => {
    const totalOf = (event: EventOf<BillingEvents, 'invoice.*'>): number =>
      event.type === 'invoice.paid' ? event.data.total : 0;
    const paid = { type: 'invoice.paid', data: { id: 'i', total: 5 } };
    expect(totalOf(paid as EventOf<BillingEvents, 'invoice.paid'>)).toBe(5);
  });

  it('types handlers and rules', () => {
    class Billing {
      @OnWebhook('invoice.paid', { source: 'billing' })
      paid({ data }: EventOf<BillingEvents, 'invoice.paid'>): number {
        // @ts-expect-error an invoice has no such property
        const wrong: unknown = data.totals;
        return wrong === undefined ? data.total : 0;
      }

      @Rule<Invoice>({
        name: 'large',
        on: 'invoice.paid',
        subject: (event) => event.data.id,
        when: (event) => event.data.total > 100,
      })
      large(): void {}
    }
    const event = { data: { id: 'i', total: 5 } } as EventOf<BillingEvents, 'invoice.paid'>;
    expect(new Billing().paid(event)).toBe(5);
  });

  it('refuses what is not in the map', () => {
    // @ts-expect-error an unknown type
    const unknown: EventOf<BillingEvents, 'invoice.payd'> | undefined = undefined;
    // @ts-expect-error a pattern that matches nothing
    const nothing: EventOf<BillingEvents, 'order.*'> | undefined = undefined;
    // @ts-expect-error one segment only
    const deeper: EventOf<BillingEvents, 'customer.*'> | undefined = undefined;
    expect([unknown, nothing, deeper]).toEqual([undefined, undefined, undefined]);
  });

  it('goes wherever an event goes', () => {
    const take = ({ type }: WebhookEvent<Invoice>): string => type;
    const event = { type: 'invoice.paid' } as EventOf<BillingEvents, 'invoice.paid'>;
    expect(take(event)).toBe('invoice.paid');
  });
});
