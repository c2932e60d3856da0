import { createHash, createHmac } from 'node:crypto';
import { parse } from 'node:querystring';
import { twilio } from '../../lib/signatures/providers/twilio/twilio.js';
import { emptySecret } from './differences.js';
import {
  FORM_TYPE,
  header,
  load,
  post,
  text,
  URL_HERE,
  type Difference,
  type OwnLibrary,
} from './own-library.js';

const Twilio = load<{
  validateRequest(token: string, signature: string, url: string, fields: object): boolean;
  validateRequestWithBody(token: string, signature: string, url: string, body: string): boolean;
}>('twilio');

const SIGNATURE = 'x-twilio-signature';
const TOKENS = ['12345678901234567890123456789012', '2'.repeat(32)] as const;

const mac = (content: string, token: string): string =>
  createHmac('sha1', token).update(content, 'utf8').digest('base64');

/** As body parsers give them. The arrays are copied, as those of Node.js are of another realm in a test. */
function fields(body: string): object {
  return Object.fromEntries(
    Object.entries(parse(body)).map(([name, given]) => [
      name,
      Array.isArray(given) ? Array.from(given) : given,
    ]),
  );
}

/** The sorted names, each followed by its distinct, sorted values, with nothing between them. */
function fieldsOf(body: string): string {
  return Object.entries(parse(body))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, given]) => {
      const values = Array.isArray(given) ? [...new Set(given)].toSorted() : [given ?? ''];
      return values.map((value) => `${name}${value}`).join('');
    })
    .join('');
}

/** A form by the way of JSON: the URL is signed, and nothing in it binds the body. */
const unboundBody: Difference = {
  given: 'JSON without its digest in the URL',
  theirs: 'accepted',
  ours: 'malformed-signature',
  why: 'the signature would hold for any body; theirs takes the fields that the host gives it, and JSON has none',
  make: ({ secrets }) =>
    post('{"n":1}', { 'content-type': 'application/json', [SIGNATURE]: mac(URL_HERE, secrets[0]) }),
};

const signedUrl = (body: Uint8Array): string =>
  `${URL_HERE}&bodySHA256=${createHash('sha256').update(body).digest('hex')}`;

export const twilioWays: readonly OwnLibrary[] = [
  {
    name: 'twilio',
    way: 'form',
    create: (authToken) => twilio({ authToken, url: URL_HERE }),
    secrets: TOKENS,
    signature: SIGNATURE,
    headers: FORM_TYPE,
    bodies: () => [
      'MessageSid=SM1&MessageStatus=delivered',
      'Body=Zo%C3%AB+%26+1%2B1&A=&B=2&a=3',
      'x=1&y=2&x=0&x=1',
      'n=1&Body=%E2%80%A8%F0%9F%98%80%24%26',
    ],
    accepts: (request, token) =>
      Twilio.validateRequest(
        token,
        header(request, SIGNATURE),
        URL_HERE,
        request.headers['content-type'] === FORM_TYPE['content-type'] ? fields(text(request)) : {},
      ),
    send: (body, token) =>
      post(body, {
        ...FORM_TYPE,
        [SIGNATURE]: mac(`${URL_HERE}${fieldsOf(body.toString('utf8'))}`, token),
      }),
    tamper: (request) => ({ ...request, body: Buffer.from(`${text(request)}&more=1`) }),
    differences: [emptySecret, unboundBody],
  },
  {
    name: 'twilio',
    way: 'JSON',
    create: (authToken) => twilio({ authToken, url: URL_HERE }),
    secrets: TOKENS,
    signature: SIGNATURE,
    accepts: (request, token) =>
      Twilio.validateRequestWithBody(token, header(request, SIGNATURE), request.url, text(request)),
    send: (body, token) => {
      const url = signedUrl(body);
      return post(body, { [SIGNATURE]: mac(url, token) }, url);
    },
    differences: [emptySecret],
  },
];
