import { at, post, postJson, refused } from '../../../../test/signatures/contract/hand-made.js';
import {
  answerTo,
  describeHandshake,
} from '../../../../test/signatures/contract/handshake.contract.js';
import { describeOwnAlgorithm } from '../../../../test/signatures/contract/own-algorithm.contract.js';
import { microsoftGraph } from './microsoft-graph.js';

const scheme = microsoftGraph({ clientState: ['new', 'old'] });

const items = [
  { id: 'n1', changeType: 'updated' },
  { id: 'n2', lifecycleEvent: 'missed' },
];

describeOwnAlgorithm('microsoftGraph', {
  scheme: microsoftGraph({ clientState: 'state' }),
  other: microsoftGraph({ clientState: 'another' }),
  genuine: postJson({ value: items.map((item) => Object.assign({ clientState: 'state' }, item)) }),
  body: JSON.stringify({ value: items }),
  facts: {
    events: [
      { eventId: 'n1', eventType: 'updated', dataPath: 'value.0' },
      { eventId: 'n2', eventType: 'missed', dataPath: 'value.1' },
    ],
  },
});

describe('microsoftGraph', () => {
  it('echoes the token as text', async () => {
    const ask = post('', {}, '/g?validationToken=Validation%3a+%3Cb%3E');
    expect(await answerTo(scheme, ask)).toMatchObject({
      body: 'Validation: <b>',
      headers: { 'x-content-type-options': 'nosniff' },
    });
  });

  it('wants every item right', async () => {
    const verdict = (...states: string[]): unknown =>
      scheme.verify(postJson({ value: states.map((clientState) => ({ clientState })) }), at());
    expect(await verdict('old', 'new')).toMatchObject({ ok: true, keyIndex: 1 });
    expect(await verdict('old', 'bad')).toEqual(refused('signature-mismatch'));
  });
});

describeHandshake('microsoftGraph', scheme);
