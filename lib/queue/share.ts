/**
 * A share says in which line a waiting job stands: the kind of its job, its pool, and within the pool whose it
 * is. Claims take jobs of every share that has due ones, so that no line keeps another waiting.
 *
 * It is one number of 30 bits, so that the index over it and the due time stays small: 8 bits for the kind, 12
 * for the pool, 10 for the owner. Owners that have the same bits share a line.
 */
const POOL_BITS = 12;
const OWNER_BITS = 10;
const KIND_BITS = 8;
const OWNERS = 2 ** OWNER_BITS;
const PER_KIND = 2 ** (POOL_BITS + OWNER_BITS);

/** The lines of one pool, from the first to the last. */
export interface Shares {
  readonly from: number;
  readonly to: number;
}

/**
 * @param kind of the job
 * @param pool name of the pool
 * @param owner such as source and tenant. @default one for all
 * @internal
 */
export function shareOf(kind: string, pool: string, owner = ''): number {
  return firstShare(kind, pool) + bits(owner, OWNER_BITS);
}

/** The share of an owner, for {@link shareWithin}. @internal */
export function ownerShare(owner = ''): number {
  return bits(owner, OWNER_BITS);
}

/** All shares of a pool. @internal */
export function sharesOf(kind: string, pool: string): Shares {
  const from = firstShare(kind, pool);
  return { from, to: from + OWNERS - 1 };
}

/** The shares of the pool that one of its shares belongs to. @internal */
export function sharesAround(share: number): Shares {
  const from = share - (share % OWNERS);
  return { from, to: from + OWNERS - 1 };
}

/** The share of the same owner in another pool. @internal */
export function shareWithin({ from }: Shares, share: number): number {
  return from + (share % OWNERS);
}

/** Whether a share belongs to jobs of this kind. @internal */
export function isOfKind(share: number, kind: string): boolean {
  return Math.floor(share / PER_KIND) === kindBits(kind);
}

function firstShare(kind: string, pool: string): number {
  return kindBits(kind) * PER_KIND + bits(pool, POOL_BITS) * OWNERS;
}

function kindBits(kind: string): number {
  return bits(kind, KIND_BITS);
}

/** FNV-1a, folded: the number is stored, so it must never change. @internal */
export function bits(text: string, count: number): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93) >>> 0;
  }
  return (hash ^ (hash >>> 16)) & (2 ** count - 1);
}
