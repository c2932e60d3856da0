/** A place that is looked for, and what was found of it. */
interface Place {
  readonly inner: Map<string, Place>;
  start: number;
  end: number;
  /** Which reading of this place it was, as a repeated key is read again. */
  reading: number;
  /** The reading of the place around it in which it was found. */
  foundIn: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The bytes of values inside of JSON, as they stand there: views of the same memory. All are found in
 * one pass, however many there are.
 *
 * @param json bytes that were parsed before: what is no JSON gives no sensible answer, but an end
 * @param paths dotted paths, as `valueAt` follows them in the parsed value
 * @returns a slice for each path, in their order; `undefined` where nothing is there
 * @internal
 */
export function jsonSlices(json: Buffer, paths: readonly string[]): (Buffer | undefined)[] {
  const root = newPlace();
  const wanted = paths.map((path) => (path === '' ? [] : path.split('.')));
  for (const keys of wanted) addPlace(root, keys);
  new JsonScanner(json).scan(root);
  return wanted.map((keys) => {
    const place = foundPlace(root, keys);
    return place && json.subarray(place.start, place.end);
  });
}

function newPlace(): Place {
  return { inner: new Map(), start: 0, end: 0, reading: 0, foundIn: -1 };
}

function addPlace(root: Place, keys: readonly string[]): void {
  let place = root;
  for (const key of keys) {
    let inner = place.inner.get(key);
    if (inner === undefined) place.inner.set(key, (inner = newPlace()));
    place = inner;
  }
}

/** What was found under a key that came again is not there any more: the last one counts. */
function foundPlace(root: Place, keys: readonly string[]): Place | undefined {
  let place = root;
  for (const key of keys) {
    const inner = place.inner.get(key);
    if (inner === undefined || inner.foundIn !== place.reading) return undefined;
    place = inner;
  }
  return place;
}

/** Goes into what is looked for, and over everything else without a stack: it may be nested deeply. */
class JsonScanner {
  private at: number;
  private readings = 0;

  constructor(private readonly json: Buffer) {
    this.at = json.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  }

  scan(place: Place): void {
    this.skipSpace();
    place.reading = ++this.readings;
    place.start = this.at;
    const byte = this.json[this.at];
    if (place.inner.size === 0) this.skipValue();
    else if (byte === OPEN_OBJECT) this.scanObject(place);
    else if (byte === OPEN_ARRAY) this.scanArray(place);
    else this.skipValue();
    place.end = this.at;
  }

  private scanObject(place: Place): void {
    this.at++;
    this.skipSpace();
    while (this.at < this.json.length && this.json[this.at] !== CLOSE_OBJECT) {
      const key = this.readKey();
      this.skipSpace();
      this.at++; // the colon
      this.scanInner(place, key);
    }
    this.at++;
  }

  private scanArray(place: Place): void {
    this.at++;
    this.skipSpace();
    for (let index = 0; this.at < this.json.length && this.json[this.at] !== CLOSE_ARRAY; index++) {
      this.scanInner(place, String(index));
    }
    this.at++;
  }

  private scanInner(place: Place, key: string): void {
    const inner = place.inner.get(key);
    if (inner === undefined) {
      this.skipSpace();
      this.skipValue();
    } else {
      this.scan(inner);
      inner.foundIn = place.reading;
    }
    this.skipSpace();
    if (this.json[this.at] === COMMA) this.at++;
    this.skipSpace();
  }

  private readKey(): string {
    const start = this.at;
    this.skipString();
    const text = this.json.toString('utf8', start + 1, this.at - 1);
    return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
  }

  private skipValue(): void {
    const { json } = this;
    let depth = 0;
    do {
      const byte = json[this.at];
      if (byte === QUOTE) {
        this.skipString();
        continue;
      }
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
      else if (depth === 0) return this.skipScalar();
      this.at++;
    } while (depth > 0 && this.at < json.length);
  }

  private skipString(): void {
    const { json } = this;
    this.at++;
    while (this.at < json.length && json[this.at] !== QUOTE) {
      this.at += json[this.at] === BACKSLASH ? 2 : 1;
    }
    this.at++;
  }

  /** A number, or one of the three words: up to what cannot be part of them. */
  private skipScalar(): void {
    do this.at++;
    while (this.at < this.json.length && !endsScalar(this.json[this.at]));
  }

  private skipSpace(): void {
    while (isSpace(this.json[this.at])) this.at++;
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endsScalar(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || isSpace(byte);
}
