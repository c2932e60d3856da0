import type { StandardSchemaV1 } from '@standard-schema/spec';
import { SchemaFailedError } from './schema-failed.error.js';

/**
 * A payload schema of any library that implements Standard Schema: Zod, Valibot, ArkType and others.
 *
 * @publicApi
 */
export type PayloadSchema<Output = unknown> = StandardSchemaV1<unknown, Output>;

/** A part of a payload that does not fit a schema. */
export interface PayloadIssue {
  /** Dotted path into `data`, such as `points` or `items.0.price`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** What a schema says of a payload. */
export type SchemaVerdict =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly issues: readonly PayloadIssue[] };

/**
 * @param schemaOf whose schema it is, such as `source 'game'`
 * @throws {SchemaFailedError} when the schema throws
 * @internal
 */
export async function applySchema(
  schema: PayloadSchema,
  data: unknown,
  schemaOf: string,
): Promise<SchemaVerdict> {
  const result = await validate(schema, data).catch((error: unknown) => {
    throw new SchemaFailedError(schemaOf, error);
  });
  if (result.issues === undefined) return { ok: true, data: result.value };
  return {
    ok: false,
    issues: result.issues.map((issue) => ({
      path: (issue.path ?? []).map(segmentKey).join('.'),
      message: issue.message,
    })),
  };
}

/** Async, so that a synchronous throw is a rejection too. */
async function validate(
  schema: PayloadSchema,
  data: unknown,
): Promise<StandardSchemaV1.Result<unknown>> {
  return schema['~standard'].validate(data);
}

function segmentKey(segment: PropertyKey | StandardSchemaV1.PathSegment): string {
  return String(typeof segment === 'object' ? segment.key : segment);
}
