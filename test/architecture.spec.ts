import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const LIB = resolve(__dirname, '../lib');

/** Everyone above the ground floor may import these. */
const GROUND_FLOOR = ['errors', 'clock', 'logging', 'options'];

const FEATURES =
  `event http database telemetry signatures queue retention inbox receiver polling dispatch
  notifications rules timers processes counts migrations nest`.split(/\s+/);

/** Which folder may import which others, beside the ground floor. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  clock: ['errors'],
  retry: ['errors', 'options'],
  nest: ['errors'],
  options: ['errors'],
  // Which levels are on, NestJS 11 does not say in public.
  logging: ['errors', 'nest'],
  event: ['errors'],
  telemetry: ['errors', 'clock', 'logging', 'event', 'nest'],
  http: ['errors', 'clock', 'options', 'retry'],
  database: [],
  signatures: ['errors', 'event'],
  queue: ['retry', 'database', 'telemetry'],
  retention: ['queue', 'database', 'telemetry'],
  processes: ['queue', 'retention', 'database', 'telemetry'],
  counts: ['queue', 'retention', 'database', 'telemetry'],
  inbox: ['event', 'queue', 'retention', 'database', 'telemetry'],
  receiver: ['event', 'signatures', 'inbox', 'telemetry'],
  polling: ['event', 'inbox', 'database', 'nest', 'retry', 'telemetry'],
  dispatch: ['event', 'inbox', 'queue', 'database', 'nest', 'retry', 'telemetry'],
  notifications: ['queue', 'retention', 'database', 'retry', 'http', 'telemetry'],
  rules: [
    'event',
    'inbox',
    'dispatch',
    'queue',
    'retention',
    'notifications',
    'database',
    'nest',
    'retry',
  ],
  timers: ['event', 'dispatch', 'queue', 'retention', 'database', 'nest', 'retry'],
  migrations: ['database'],
  module: FEATURES,
  testing: ['event', 'signatures', 'inbox', 'queue', 'notifications'],
  cli: ['event', 'signatures', 'testing'],
};

/** These stand on nothing but what their line says. */
const LOW: ReadonlySet<string> = new Set([
  'errors',
  'clock',
  'retry',
  'nest',
  'options',
  'logging',
  'event',
  'http',
  'signatures',
]);

/** These know no database and no framework. */
const PURE = ['errors', 'clock', 'event', 'retry', 'signatures'];

/** What differs between databases stands in these folders. */
const OF_DATABASES = /^database\/|\/dialects\//;

/** How code outside of them would ask which database it has, or reach for what one of them has of its own. */
const ASKS_WHICH_DATABASE = [
  /\bdatabase\??\.kind\b/,
  /'(sqlite|better-sqlite3|postgres|mysql|mariadb)'/,
  /\binstanceof \w*(Database|Driver|DataSource)\b/,
  /\b(is|has)(Sqlite|Postgres|Mysql|MariaDb)\w*/i,
  // Errors are told apart by their class wherever they are.
  /from '[^']*\/(sqlite|postgres|mysql)\/(?![\w-]+\.error\.js')/,
];

interface SourceFile {
  readonly path: string;
  readonly folder: string;
  readonly imports: readonly string[];
  /** Without comments. */
  readonly code: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts') ? [path] : [];
  });
}

function read(path: string): SourceFile {
  const text = readFileSync(path, 'utf8');
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    (match) => match[1]!,
  );
  const [folder = ''] = relative(LIB, path).split('/');
  return {
    path: relative(LIB, path),
    folder: folder.endsWith('.ts') ? '' : folder,
    imports,
    code: text.replaceAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*/gm, ''),
  };
}

function target(file: SourceFile, specifier: string): string {
  return relative(LIB, resolve(LIB, dirname(file.path), specifier)).replace(/\.js$/, '.ts');
}

const files = sourceFiles(LIB).map(read);
const inFolders = files.filter(({ folder }) => folder !== '');

/** For each file, the files of lib that it imports, types included. */
const importsOf = new Map(
  files.map((file) => [
    file.path,
    file.imports.filter((name) => name.startsWith('.')).map((name) => target(file, name)),
  ]),
);

describe('The folders of lib', () => {
  it('are all named in the table', () => {
    const folders = new Set(inFolders.map(({ folder }) => folder));
    expect([...folders].toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
  });

  it.each(Object.keys(MAY_IMPORT))('%s imports only what it may', (folder) => {
    const allowed = new Set([
      folder,
      ...(LOW.has(folder) ? [] : GROUND_FLOOR),
      ...MAY_IMPORT[folder]!,
    ]);
    const forbidden = inFolders
      .filter((file) => file.folder === folder)
      .flatMap((file) =>
        file.imports
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => target(file, specifier))
          .filter((path) => !allowed.has(path.split('/')[0]!))
          .map((path) => `${file.path} imports ${path}`),
      );
    expect(forbidden).toEqual([]);
  });

  it.each(PURE)('%s knows neither Nest nor a database', (folder) => {
    const outside = inFolders
      .filter((file) => file.folder === folder)
      .flatMap((file) => file.imports.filter((name) => /^(@nestjs|typeorm|rxjs)/.test(name)));
    expect(outside).toEqual([]);
  });

  it('reach into the inside of Nest through one folder', () => {
    const inside = inFolders
      .filter(({ folder }) => folder !== 'nest')
      .flatMap((file) => file.imports.filter((name) => /^@nestjs\/(core|common)\//.test(name)));
    expect(inside).toEqual([]);
  });

  it('keep Nest and the database out of the command line, which must start fast', () => {
    const light = /^testing\/(samples|sender-keys|signed-request)\.ts$/;
    const outside = inFolders
      .filter(({ path }) => path.startsWith('cli/') || light.test(path))
      .flatMap((file) =>
        file.imports
          .map((name) => (name.startsWith('.') ? target(file, name) : name))
          .filter(
            (path) =>
              /^(@nestjs|typeorm|rxjs)/.test(path) ||
              (path.startsWith('testing/') && !light.test(path)),
          ),
      );
    expect(outside).toEqual([]);
  });

  it.each(['index.ts', 'signatures/index.ts'])('keep samples out of the entry %s', (entry) => {
    const loaded = new Set<string>();
    const load = (path: string): void => {
      if (loaded.has(path)) return;
      loaded.add(path);
      for (const next of importsOf.get(path) ?? []) load(next);
    };
    load(entry);
    expect(loaded.size).toBeGreaterThan(60);
    const samples = [...loaded].filter((path) => /\.sample\.ts$|^signatures\/samples\//.test(path));
    expect(samples).toEqual([]);
  });

  it('ask which database it is in `database` and in `dialects` only', () => {
    const asking = files
      .filter(({ path }) => !OF_DATABASES.test(path))
      .flatMap(({ path, code }) =>
        code
          .split('\n')
          .filter((line) => ASKS_WHICH_DATABASE.some((way) => way.test(line)))
          .map((line) => `${path}: ${line.trim()}`),
      );
    expect(asking).toEqual([]);
  });

  it('import files of other folders by name, not through an index', () => {
    const barrels = files
      .filter(({ path }) => path !== 'index.ts')
      .flatMap((file) =>
        file.imports.filter(
          (specifier) => specifier.startsWith('.') && /(^|\/)(index\.js|\.\.?)$/.test(specifier),
        ),
      );
    expect(barrels).toEqual([]);
  });

  it('have no import cycle, types included', () => {
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
        return;
      }
      if (done.has(path)) return;
      for (const next of importsOf.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of importsOf.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });
});
