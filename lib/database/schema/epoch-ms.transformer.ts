import type { ValueTransformer } from 'typeorm';

/**
 * Instants are stored as milliseconds since the Unix epoch: the same instant on every database,
 * whatever its session's time zone. PostgreSQL gives 64-bit integers as text.
 *
 * @internal
 */
export const epochMs: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};
