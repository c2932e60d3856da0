/**
 * A file in a multipart form.
 *
 * @publicApi
 */
export interface FormFile {
  /** As the sender names it; it may hold anything, a path too. Empty where no file was chosen. */
  readonly name: string;
  /** Its content type, by the sender. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  readonly bytes: Buffer;
}

/**
 * A form's fields by name: a text or a file, or an array where a name comes several times.
 *
 * @publicApi
 */
export type FormFields = Record<string, string | FormFile | (string | FormFile)[]>;

/**
 * Without a prototype, whose names a sender could use.
 *
 * @internal
 */
export function emptyFields(): FormFields {
  return Object.create(null) as FormFields;
}

/** @internal */
export function addField(fields: FormFields, name: string, value: string | FormFile): void {
  const before = fields[name];
  if (before === undefined) fields[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else fields[name] = [before, value];
}
