import type { VerifyApi, VerifyConfig } from '../apps/verify.app.js';
import { startApp, startOurs, type Context, type Row } from '../context.js';
import { compare } from '../measure.js';
import { SENDERS, type Sender } from '../verify/requests.js';
import type { Manner } from '../verify/ways.js';

const WARM_UP_SECONDS = 1;

/** At most 1.3 times the time of the hash and the comparison. */
const TARGET_OF_BARE = 1 / 1.3;

const LIBRARY: Readonly<Record<Sender, string>> = {
  stripe: 'stripe',
  github: '@octokit/webhooks-methods',
  standardWebhooks: 'standardwebhooks',
};

interface Pair {
  readonly title: string;
  readonly ours: Manner;
  readonly theirs: Manner;
  readonly label: (sender: Sender) => string;
  readonly target: number;
}

const PAIRS: readonly Pair[] = [
  {
    title: 'signature, id and type',
    ours: 'ours',
    theirs: 'theirs',
    label: (sender) => LIBRARY[sender],
    target: 1,
  },
  {
    title: 'signature only',
    ours: 'ours-signature',
    theirs: 'theirs-signature',
    label: (sender) => LIBRARY[sender],
    target: 1,
  },
  {
    title: 'signature only',
    ours: 'ours-signature',
    theirs: 'bare',
    label: () => 'createHmac and timingSafeEqual',
    target: TARGET_OF_BARE,
  },
];

export const verify: Row = {
  number: '11',
  title: "Verifying a request of 1 KB, against the senders' own libraries and the bare hash",
  async measure(context) {
    for (const sender of SENDERS) {
      for (const pair of PAIRS) await compareWays(context, sender, pair);
    }
  },
};

async function compareWays(context: Context, sender: Sender, pair: Pair): Promise<void> {
  const { rounds, seconds } = context.options;
  const config = (manner: Manner): VerifyConfig => ({ sender, manner });
  const ours = await startOurs<VerifyApi>(context, 'verify', config(pair.ours));
  const theirs = await startApp<VerifyApi>('verify', config(pair.theirs));
  try {
    await ours.call('run', WARM_UP_SECONDS);
    await theirs.call('run', WARM_UP_SECONDS);
    context.done(
      await compare({
        row: '11',
        title: `${sender}, ${pair.title}`,
        unit: 'requests/s',
        rounds,
        target: pair.target,
        ours: { label: 'verify()', run: () => ours.call('run', seconds) },
        theirs: { label: pair.label(sender), run: () => theirs.call('run', seconds) },
      }),
    );
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}
