import { RequestMethod } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { ReceiverRoute } from './receiver.route.js';

describe(ReceiverRoute.name, () => {
  describe('of', () => {
    /** As Nest keeps what app.setGlobalPrefix() is given. */
    function config(
      prefix: string,
      excluded?: { pathRegex: RegExp; requestMethod: RequestMethod },
    ) {
      const kept = new ApplicationConfig();
      kept.setGlobalPrefix(prefix);
      if (excluded) kept.setGlobalPrefixOptions({ exclude: [{ path: '', ...excluded }] });
      return kept;
    }

    it.each(['', '/'])('has no prefix where the host has none (%j)', (prefix) => {
      expect(ReceiverRoute.of('webhooks', config(prefix)).base).toBe('/webhooks/');
    });

    it.each(['api/v1', '/api/v1', '/api/v1/'])('is below the prefix %s', (prefix) => {
      expect(ReceiverRoute.of('in/hooks', config(prefix)).base).toBe('/api/v1/in/hooks/');
    });

    it.each([
      [/^\/webhooks\/[^/]+$/, RequestMethod.ALL],
      [/^\/webhooks\/[^/]+$/, RequestMethod.POST],
      [/^\/webhooks\/.+$/, RequestMethod.ALL],
    ])('is not, where the host excludes %s', (pathRegex, requestMethod) => {
      const route = ReceiverRoute.of('webhooks', config('api', { pathRegex, requestMethod }));
      expect(route.base).toBe('/webhooks/');
    });

    it.each([
      [/^\/webhooks\/[^/]+$/, RequestMethod.GET],
      [/^\/webhooks$/, RequestMethod.ALL],
      [/^\/health$/, RequestMethod.ALL],
    ])('is, where the host excludes something else (%s)', (pathRegex, requestMethod) => {
      const route = ReceiverRoute.of('webhooks', config('api', { pathRegex, requestMethod }));
      expect(route.base).toBe('/api/webhooks/');
    });

    it('refuses a prefix that is a pattern, unless it is excluded', () => {
      expect(() => ReceiverRoute.of('webhooks', config(':tenant'))).toThrow("['webhooks/:source']");
      const excluded = { pathRegex: /^\/webhooks\/[^/]+$/, requestMethod: RequestMethod.ALL };
      expect(ReceiverRoute.of('webhooks', config(':tenant', excluded)).base).toBe('/webhooks/');
    });
  });

  describe('match', () => {
    const route = new ReceiverRoute('/webhooks/');

    it.each([
      ['/webhooks/game', 'game'],
      ['/webhooks/game/', 'game'],
      ['/webhooks/game?tenant=a/b', 'game'],
      ['/webhooks/game/?a', 'game'],
      ['/webhooks/%67ame', 'game'],
      ['/webhooks/a%2Fb', 'a/b'],
      ['/webhooks/%zz', '%zz'],
      ['/webhooks/%E0%A4', '%E0%A4'],
      ['/webhooks/__proto__', '__proto__'],
    ])('finds the source in %s', (url, source) => {
      expect(route.match(url)).toBe(source);
    });

    it.each([
      '/',
      '/webhooks',
      '/webhooks/',
      '/webhooks//',
      '/webhooks/?source=game',
      '/webhooks/a/b',
      '/webhooks//game',
      '//webhooks/game',
      '/webhooksgame',
      '/other?x=/webhooks/game',
    ])('lets %s pass', (url) => {
      expect(route.match(url)).toBeUndefined();
    });
  });
});
