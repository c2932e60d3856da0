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
 * @param json any bytes: for what is not JSON the answer means nothing, but reading ends without an error
 * @param paths dotted paths, as `valueAt` follows them in the parsed value
 * @param mostKeys how many keys may stand in the objects that are gone into; beyond it nothing is found
 * @returns a slice for each path, in their order; `undefined` where nothing is there
 * @internal
 */
export function jsonSlices(
  json: Buffer,
  paths: readonly string[],
  mostKeys = Infinity,
): (Buffer | undefined)[] {
  const root = newPlace();
  const wanted = paths.map((path) => (path === '' ? [] : path.split('.')));
  for (const keys of wanted) addPlace(root, keys);
  const scanner = new JsonScanner(json, mostKeys);
  scanner.scan(root);
  if (scanner.keysLeft < 0) return paths.map(() => undefined);
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

  constructor(
    private readonly json: Buffer,
    public keysLeft: number,
  ) {
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
      if (--this.keysLeft < 0) {
        this.at = this.json.length;
        return;
      }
      const key = this.readKey();
      this.skipSpace();
      this.at++; // the colon
      if (key === undefined) this.passOver();
      else this.scanInner(place, key);
    }
    this.at++;
  }

  private scanArray(place: Place): void {
    this.at++;
    this.skipSpace();
    // Behind the last item that is looked for, only the end matters.
    for (let index = 0, wanted = place.inner.size; wanted > 0; index++) {
      if (this.at >= this.json.length || this.json[this.at] === CLOSE_ARRAY) break;
      const key = String(index);
      if (place.inner.has(key)) wanted--;
      this.scanInner(place, key);
    }
    this.skipToEnd(1);
  }

  private scanInner(place: Place, key: string): void {
    const inner = place.inner.get(key);
    if (inner === undefined) return this.passOver();
    this.scan(inner);
    inner.foundIn = place.reading;
    this.skipComma();
  }

  private passOver(): void {
    this.skipSpace();
    this.skipValue();
    this.skipComma();
  }

  private skipComma(): void {
    this.skipSpace();
    if (this.json[this.at] === COMMA) this.at++;
    this.skipSpace();
  }

  /** `undefined` for malformed escapes: a forged body may hold any bytes. */
  private readKey(): string | undefined {
    const start = this.at;
    this.skipString();
    const text = this.json.toString('utf8', start + 1, this.at - 1);
    if (!text.includes('\\')) return text;
    try {
      return JSON.parse(`"${text}"`) as string;
    } catch {
      return undefined;
    }
  }

  private skipValue(): void {
    switch (this.json[this.at]) {
      case QUOTE:
        return this.skipString();
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        return this.skipToEnd(0);
      default:
        return this.skipScalar();
    }
  }

  /** Up to where as many objects and arrays are closed as are open. By hand, as most bytes go by here. */
  private skipToEnd(open: number): void {
    const { json } = this;
    const { length } = json;
    let depth = open;
    let at = this.at;
    do {
      const byte = json[at++];
      if (byte === QUOTE) {
        while (at < length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
        at++;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
    } while (depth > 0 && at < length);
    this.at = at;
  }

  private skipString(): void {
    const { json } = this;
    const { length } = json;
    let at = this.at + 1;
    while (at < length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
    this.at = at + 1;
  }

  /** A number, or one of the three words: up to what cannot be part of them. */
  private skipScalar(): void {
    const { json } = this;
    const { length } = json;
    let at = this.at;
    do at++;
    while (at < length && !endsScalar(json[at]));
    this.at = at;
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
