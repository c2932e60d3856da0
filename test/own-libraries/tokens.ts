import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { contentful } from '../../lib/signatures/providers/contentful/contentful.js';
import { jiraConnect } from '../../lib/signatures/providers/jira-connect/jira-connect.js';
import { plaid } from '../../lib/signatures/providers/plaid/plaid.js';
import { jsonWebKeyFetch } from '../../lib/signatures/samples/fetched-key.js';
import { newSecret } from '../../lib/signatures/samples/new-secret.js';
import { fromTheFuture, invalidBytes, ofYesterday, spelledTime } from './differences.js';
import {
  bytes,
  header,
  JSON_TYPE,
  load,
  NOW,
  post,
  seconds,
  text,
  URL_HERE,
  type OwnLibrary,
} from './own-library.js';

const Contentful = load<{
  verifyRequest(secret: string, request: object, timeToLive: number): boolean;
  signRequest(secret: string, request: object, timestamp: number): Record<string, string>;
}>('@contentful/node-apps-toolkit');
const Atlassian = load<{
  SymmetricAlgorithm: { HS256: unknown };
  decodeSymmetric(token: string, secret: string, algorithm: unknown): { qsh: string; exp: number };
  encodeSymmetric(claims: object, secret: string, algorithm: unknown): string;
  fromMethodAndUrl(method: string, url: string): unknown;
  createQueryStringHash(request: unknown, checkBody: boolean, baseUrl: string): string;
}>('atlassian-jwt');
interface Jwt {
  setProtectedHeader(header: object): Jwt;
  setIssuedAt(at: Date): Jwt;
  sign(key: KeyObject): Promise<string>;
}
const Jose = load<{
  jwtVerify(
    token: string,
    key: KeyObject,
    options: object,
  ): Promise<{ payload: { request_body_sha256?: string } }>;
  SignJWT: new (claims: object) => Jwt;
}>('jose');

const { HS256 } = Atlassian.SymmetricAlgorithm;
const BASE_URL = 'https://example.com/hooks';
const CONTENTFUL = 'x-contentful-signature';
const CONTENTFUL_TIME = 'x-contentful-timestamp';
const PLAID = 'plaid-verification';

const queryHash = (url: string): string =>
  Atlassian.createQueryStringHash(Atlassian.fromMethodAndUrl('POST', url), false, BASE_URL);

const jiraToken = (secret: string, at: Date, claims: object = {}): string => {
  const iat = Number(seconds(at));
  const all = { iat, exp: iat + 180, qsh: queryHash(URL_HERE), ...claims };
  return `JWT ${Atlassian.encodeSymmetric(all, secret, HS256)}`;
};

const digestOf = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');

const withoutExpiry = { exp: undefined };

export const tokens: readonly OwnLibrary[] = [
  {
    name: '@contentful/node-apps-toolkit',
    way: 'canonical request',
    create: (secret) => contentful({ secret }),
    secrets: ['k'.repeat(64), 'l'.repeat(64)],
    signature: CONTENTFUL,
    toleranceSeconds: 30,
    headers: { ...JSON_TYPE, 'x-contentful-topic': 'ContentManagement.Entry.publish' },
    accepts: (request, secret) => {
      const { method, url, headers } = request;
      const path = url.replace('https://example.com', '');
      return Contentful.verifyRequest(secret, { method, path, headers, body: text(request) }, 30);
    },
    send: (body, secret, at) => {
      const headers = { ...JSON_TYPE, 'x-contentful-topic': 'ContentManagement.Entry.publish' };
      const path = '/hooks/shop?tenant=a';
      const canonical = { method: 'POST', path, headers: { ...headers }, body: String(body) };
      return post(body, {
        ...headers,
        ...Contentful.signRequest(secret, canonical, at.getTime()),
      });
    },
    differences: [
      fromTheFuture,
      invalidBytes,
      spelledTime('letters behind the time', CONTENTFUL_TIME, (good) => `${good}abc`),
    ],
  },
  {
    name: 'atlassian-jwt',
    way: 'connect',
    create: (secret) => jiraConnect({ secret, baseUrl: BASE_URL }),
    secrets: ['the shared secret', 'another secret'],
    signature: 'authorization',
    accepts: (request, secret) => {
      const token = header(request, 'authorization').replace('JWT ', '');
      return Atlassian.decodeSymmetric(token, secret, HS256).qsh === queryHash(request.url);
    },
    send: (body, secret, at) => post(body, { authorization: jiraToken(secret, at) }),
    // The body is not signed: the URL is.
    tamper: (request) => ({ ...request, url: `${request.url}&more=1` }),
    differences: [
      {
        ...ofYesterday,
        why: 'the token says when it expires; theirs leaves the check to the host',
      },
      {
        ...fromTheFuture,
        why: 'the token says when it was made; theirs leaves the check to the host',
      },
      {
        given: 'a token that never expires',
        theirs: 'accepted',
        ours: 'timestamp-missing',
        why: 'anyone who has seen one could send anything with it for ever',
        make: ({ secrets }) =>
          post('{}', { authorization: jiraToken(secrets[0], NOW, withoutExpiry) }),
      },
    ],
  },
  {
    name: 'jose',
    way: 'Plaid',
    create: (key) => plaid({ clientId: 'c', secret: 's', fetch: jsonWebKeyFetch(key) }),
    secrets: [newSecret.p256(), newSecret.p256()],
    signature: PLAID,
    toleranceSeconds: 300,
    // As Plaid's documents have it.
    accepts: async (request, key) => {
      const { payload } = await Jose.jwtVerify(header(request, PLAID), createPublicKey(key), {
        algorithms: ['ES256'],
        maxTokenAge: '5 min',
      });
      return payload.request_body_sha256 === digestOf(bytes(request));
    },
    send: async (body, key, at) => {
      const token = await new Jose.SignJWT({ request_body_sha256: digestOf(body) })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'JWT' })
        .setIssuedAt(at)
        .sign(createPrivateKey(key));
      return post(body, { [PLAID]: token });
    },
    differences: [],
  },
];
