// The cost of refusing forged bodies of up to a MiB: for each scheme the worst, as a multiple of the hash of
// a whole MiB, and for each size as a multiple of its own hash. node --import ./test/support/ts-loader.mjs
// test/bench/forgeries.ts [name of a scheme …]
import { createHash } from 'node:crypto';
import { NOW, type Subject } from '../signatures/properties/subject.js';
import { SUBJECTS } from '../signatures/properties/subjects.js';
import { forgedRequests, type ForgedRequest } from '../signatures/forgeries/forged-requests.js';

const MIB = 1_048_576;
const WHOLE = Buffer.alloc(MIB, 'a');
/**
 * The shorter ones are just within the limits of forms, and small enough that one signature costs more than
 * all bytes.
 */
const SIZES = [MIB, 500_000, 250_000, 60_000, 15_000];
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
  // In turn, so that a slow machine slows both; the cost is the best of several runs.
  for (let run = 0; run < RUNS; run += 1) {
    const [first, second] = [
      await timed(() => createHash(hash).update(request.body).digest()),
      await timed(async () => {
        // A new request each time: the parsed body is cached with the request.
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

const [, , ...names] = process.argv;
const isAsked = ({ name }: Subject): boolean => names.length === 0 || names.includes(name);

const worst: { readonly most: Cost; readonly own: readonly string[] }[] = [];
for (const subject of SUBJECTS.filter(isAsked)) {
  const costs: Cost[] = [];
  const own: string[] = [];
  for (const size of SIZES) {
    const ofSize: Cost[] = [];
    for (const forged of forgedRequests(subject, size)) {
      // A forgery that came out much shorter belongs to another size.
      if (forged.request.body.length > size / 4) ofSize.push(await costOf(subject, forged));
    }
    const most = ofSize.toSorted((a, b) => b.times - a.times)[0];
    if (most !== undefined) own.push(`${most.times.toFixed(1)} (${most.attack})`);
    costs.push(...ofSize);
  }
  const [most] = costs.toSorted((a, b) => b.timesMiB - a.timesMiB);
  if (most !== undefined) worst.push({ most, own });
}
console.log(
  `the worst as a multiple of the hash of a MiB; of their own, at ${SIZES.join(', ')} bytes`,
);
for (const { most, own } of worst.toSorted((a, b) => b.most.timesMiB - a.most.timesMiB)) {
  const { name, attack, ms, timesMiB } = most;
  console.log(
    `${timesMiB.toFixed(1).padStart(5)} x ${ms.toFixed(2).padStart(6)} ms  ${name}: ${attack}; own ${own.join(', ')}`,
  );
}
