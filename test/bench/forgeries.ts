// What forged bodies of up to a MiB cost before they are refused, as a multiple of their hash, and of that of
// a whole MiB (where a scheme's own bodies are shorter):
//   node --import ./test/support/ts-loader.mjs test/bench/forgeries.ts
import { createHash } from 'node:crypto';
import { NOW, type Subject } from '../signatures/properties/subject.js';
import { SUBJECTS } from '../signatures/properties/subjects.js';
import { forgedRequests, type ForgedRequest } from '../signatures/forgeries/forged-requests.js';

const MIB = 1_048_576;
const WHOLE = Buffer.alloc(MIB, 'a');
/** The shorter ones are just within what forms may have. */
const SIZES = [MIB, 500_000, 250_000];
const RUNS = 15;

/** These sign by ed25519, which hashes by SHA-512. */
const BY_SHA512: ReadonlySet<string> = new Set(['discord', 'standardWebhooks, by v1a']);

interface Cost {
  readonly name: string;
  readonly attack: string;
  readonly ms: number;
  readonly times: number;
  readonly timesMiB: number;
}

async function costOf(subject: Subject, { attack, request }: ForgedRequest): Promise<Cost> {
  const scheme = subject.create(subject.secret);
  const hash = BY_SHA512.has(subject.name) ? 'sha512' : 'sha256';
  let [ms, hashMs, hashOfMiB] = [Infinity, Infinity, Infinity];
  // In turn, so that what slows the machine down slows both; the best of several is what it costs.
  for (let run = 0; run < RUNS; run += 1) {
    const [first, second] = [
      await timed(() => createHash(hash).update(request.body).digest()),
      await timed(async () => {
        // A request of its own each time: what was parsed is remembered with it.
        const given = { ...request };
        const verification = await scheme.verify(given, { now: NOW });
        if (verification.ok) throw new Error(`${subject.name} takes a forgery: ${attack}`);
        await scheme.handshake?.(given, { now: NOW, verification });
      }),
    ];
    hashMs = Math.min(hashMs, first);
    hashOfMiB = Math.min(hashOfMiB, await timed(() => createHash(hash).update(WHOLE).digest()));
    ms = Math.min(ms, second);
  }
  return { name: subject.name, attack, ms, times: ms / hashMs, timesMiB: ms / hashOfMiB };
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const worst: Cost[] = [];
for (const subject of SUBJECTS) {
  let most: Cost | undefined;
  for (const size of SIZES) {
    for (const forged of forgedRequests(subject, size)) {
      const cost = await costOf(subject, forged);
      if (most === undefined || cost.timesMiB > most.timesMiB) most = cost;
    }
  }
  if (most !== undefined) worst.push(most);
}
for (const { name, attack, ms, times, timesMiB } of worst.toSorted(
  (a, b) => b.timesMiB - a.timesMiB,
)) {
  console.log(
    `${timesMiB.toFixed(1).padStart(6)} x MiB ${times.toFixed(1).padStart(6)} x own ${ms.toFixed(2).padStart(8)} ms  ${name}: ${attack}`,
  );
}
