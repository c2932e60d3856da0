import { createHmac } from 'node:crypto';
import { dropbox } from '../lib/signatures/providers/dropbox/dropbox.js';
import { meta } from '../lib/signatures/providers/meta/meta.js';
import { microsoftGraph } from '../lib/signatures/providers/microsoft-graph/microsoft-graph.js';
import { slack } from '../lib/signatures/providers/slack/slack.js';
import { x } from '../lib/signatures/providers/x/x.js';
import { xero } from '../lib/signatures/providers/xero/xero.js';
import { zoom } from '../lib/signatures/providers/zoom/zoom.js';
import type { SigningScheme } from '../lib/signatures/signing.scheme.js';
import { ADAPTERS, type Answer } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { HandshakeApp, SECRET } from './support/handshake.app.js';
import { SharedDatabase } from './support/shared.database.js';

describeOnDatabases('The handshakes of senders', (kind) => {
  const database = new SharedDatabase(kind);

  describe.each(ADAPTERS)('with %s', (adapter) => {
    const app = new HandshakeApp(database, adapter, {
      dropbox: dropbox({ secret: SECRET }),
      meta: meta({ secret: SECRET, verifyToken: 'the-token' }),
      graph: microsoftGraph({ clientState: SECRET }),
      slack: slack({ secret: SECRET }),
      x: x({ secret: SECRET }),
      xero: xero({ secret: SECRET }),
      zoom: zoom({ secret: SECRET }),
    });

    it.each([
      ['dropbox', '?challenge=c', 'c'],
      ['meta', '?hub.mode=subscribe&hub.verify_token=the-token&hub.challenge=c', 'c'],
      [
        'x',
        '?crc_token=c',
        `{"response_token":"sha256=${createHmac('sha256', SECRET).update('c').digest('base64')}"}`,
      ],
    ])('answers the GET of %s', async (name, query, body) => {
      expect(await app.request(`/webhooks/${name}${query}`, { method: 'GET' })).toMatchObject({
        status: 200,
        body,
      });
    });

    it('answers the POST of Microsoft Graph, which has the challenge in its URL', async () => {
      const answer = await app.post('/webhooks/graph?validationToken=a%20%3Cb%3E', '');
      expect(answer).toMatchObject({ status: 200, body: 'a <b>' });
      expect(answer.headers.get('content-type')).toContain('text/plain');
    });

    it('answers the signed challenges of Slack and Zoom', async () => {
      const timestamp = new Date(app.clock.now());
      const ask = (name: string, sender: SigningScheme, content: object): Promise<Answer> => {
        const body = JSON.stringify(content);
        const { headers } = sender.sign({ body, timestamp });
        return app.post(`/webhooks/${name}`, body, {
          'content-type': 'application/json',
          ...headers,
        });
      };
      const challenge = { type: 'url_verification', challenge: 'c' };
      expect(await ask('slack', slack({ secret: SECRET }), challenge)).toMatchObject({
        status: 200,
        body: 'c',
      });
      const validation = { event: 'endpoint.url_validation', payload: { plainToken: 'c' } };
      const answered = await ask('zoom', zoom({ secret: SECRET }), validation);
      expect(JSON.parse(answered.body)).toEqual({
        plainToken: 'c',
        encryptedToken: createHmac('sha256', SECRET).update('c').digest('hex'),
      });
      expect((await ask('slack', slack({ secret: 'other' }), challenge)).status).toBe(401);
    });

    it('answers the intent to receive of Xero by 200 or 401, and nothing in it', async () => {
      const probe = '{"events":[],"firstEventSequence":0,"entropy":"S0m3r4nd0mt3xt"}';
      const right = await app.signedPost('xero', xero({ secret: SECRET }), probe);
      const wrong = await app.signedPost('xero', xero({ secret: 'other' }), probe);
      expect(right).toMatchObject({ status: 200, body: '' });
      expect(wrong).toMatchObject({ status: 401, body: '' });
      for (const { headers } of [right, wrong]) {
        expect(headers.get('content-length')).toBe('0');
        expect(headers.get('set-cookie')).toBeNull();
      }
    });
  });
});
