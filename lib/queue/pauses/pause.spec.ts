import type { PauseTarget } from './pause.js';

// What a pause is of is checked by the compiler; each line would be an error of the build otherwise.
const targets: readonly PauseTarget[] = [
  { handler: 'Orders.paid' },
  { source: 'shop' },
  { rule: 'large' },
  { channel: 'email' },
  { pool: 'email' },
  { timer: 'remind' },
  // @ts-expect-error a handler and a source: one would be forgotten
  { handler: 'Orders.paid', source: 'shop' },
  // @ts-expect-error all of it
  { handler: 'a', source: 'b', rule: 'c', channel: 'd', pool: 'e', timer: 'f' },
  // @ts-expect-error nothing
  {},
  // @ts-expect-error a kind that cannot be paused
  { poller: 'users' },
  // @ts-expect-error no name
  { handler: undefined },
];

describe('The target of a pause', () => {
  it('compiles only where it names exactly one thing', () => {
    expect(targets).toHaveLength(11);
  });
});
