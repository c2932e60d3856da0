import {
  header,
  jsonBodies,
  NOW,
  withHeader,
  type Difference,
  type OwnLibrary,
} from './own-library.js';

const DAY = 86_400_000;
const sent = (library: OwnLibrary, body: string | Buffer, at = NOW, secret = library.secrets[0]) =>
  library.send(Buffer.from(body), secret, at);
const first = ({ bodies = jsonBodies }: OwnLibrary, at = NOW): string => bodies(at)[0] ?? '';

/** Anyone who knows of an unset variable could sign. */
export const emptySecret: Difference = {
  given: 'an empty secret',
  theirs: 'accepted',
  ours: 'refused when created',
  why: 'an unset variable would let anyone sign',
  secret: '',
  make: (library) => sent(library, first(library), NOW, ''),
};

export const fromTheFuture: Difference = {
  given: 'a time of tomorrow',
  theirs: 'accepted',
  ours: 'timestamp-too-new',
  why: 'a time in the wrong unit would stay valid for ages',
  make: (library) => {
    const tomorrow = new Date(NOW.getTime() + DAY);
    return sent(library, first(library, tomorrow), tomorrow);
  },
};

export const ofYesterday: Difference = {
  given: 'a time of yesterday',
  theirs: 'accepted',
  ours: 'timestamp-too-old',
  why: 'the time is signed, so that a request cannot be sent again for ever; theirs leaves it to the host',
  make: (library) => {
    const yesterday = new Date(NOW.getTime() - DAY);
    return sent(library, first(library, yesterday), yesterday);
  },
};

/** The two bodies are the same text once they are decoded. */
export const invalidBytes: Difference = {
  given: 'a byte that is not UTF-8 in place of U+FFFD',
  theirs: 'accepted',
  ours: 'signature-mismatch',
  why: 'the bytes are signed; theirs hashes the text decoded from them',
  make: async (library) => {
    const body = first(library);
    const at = body.lastIndexOf(':"') + 2;
    const [before, after] = [body.slice(0, at), body.slice(at)];
    const request = await sent(library, `${before}\ufffd${after}`);
    const changed = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);
    return { ...request, body: changed };
  },
};

export const byteOrderMark: Difference = {
  given: 'a byte order mark before what was signed',
  theirs: 'accepted',
  ours: 'signature-mismatch',
  why: 'it is part of the bytes; theirs decodes them, and the decoder drops it',
  make: async (library) => {
    const request = await sent(library, first(library));
    return { ...request, body: Buffer.concat([Buffer.from('\ufeff'), request.body]) };
  },
};

export const noJson: Difference = {
  given: 'a signed body that is not JSON',
  theirs: 'refused',
  ours: 'accepted',
  why: 'whether it can be parsed does not depend on who sent it, and has another answer',
  make: (library) => sent(library, 'plain text 1'),
};

export const emptyBody: Difference = {
  given: 'a signed body without bytes',
  theirs: 'refused',
  ours: 'accepted',
  why: 'an empty body is a body like any other, and its signature is right',
  make: (library) => sent(library, ''),
};

/** Node.js joins the values of a header that came twice. */
export function repeated(order: 'before' | 'behind', bogus = 'bogus'): Difference {
  return {
    given: `another signature header ${order} the good one`,
    theirs: 'accepted',
    ours: 'malformed-signature',
    why: 'of two values, an attacker added one',
    make: async (library) => {
      const { signature = '' } = library;
      const request = await sent(library, first(library));
      const good = header(request, signature);
      return withHeader(
        request,
        signature,
        order === 'before' ? `${bogus}, ${good}` : `${good}, ${bogus}`,
      );
    },
  };
}

/** Another text of the same digest. */
export function spelling(given: string, write: (good: string) => string): Difference {
  return {
    given,
    theirs: 'accepted',
    ours: 'malformed-signature',
    why: 'it forges nothing, but gives one delivery many spellings; the sender has one',
    make: async (library) => {
      const { signature = '' } = library;
      const request = await sent(library, first(library));
      return withHeader(request, signature, write(header(request, signature)));
    },
  };
}

/** Another text of a time, of which theirs signs the number. */
export function spelledTime(
  given: string,
  name: string,
  write: (good: string) => string,
): Difference {
  return {
    given,
    theirs: 'accepted',
    ours: 'malformed-signature',
    why: 'the text is signed; theirs reads a number in it, and signs what it prints of that',
    make: async (library) => {
      const request = await sent(library, first(library));
      return withHeader(request, name, write(header(request, name)));
    },
  };
}
