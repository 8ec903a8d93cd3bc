// Makes the bundle of a run: counts the pixels that differ, and writes the manifest and the one body of the
// upload. Usage: node bundle.mjs ARTIFACT_DIGEST BASELINE_DIGEST
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

const out = process.env.SUITE_OUT;
const baselines = process.env.SUITE_BASELINES;
const [artifactDigest, baselineDigest] = process.argv.slice(2);

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

// One pair of images, and the picture of it: baseline, what was seen, and what differs.
function compared(id) {
  const [before, after] = [`${baselines}/${id}.png`, `${out}/${id}.png`].map((it) => readFileSync(it));
  const [baseline, actual] = [before, after].map((it) => PNG.sync.read(it));
  const { width, height } = actual;
  const diff = new PNG({ width, height });
  const diffPixels = pixelmatch(baseline.data, actual.data, diff.data, width, height, { threshold: 0.1 });
  writeFileSync(`${out}/${id}-diff.png`, PNG.sync.write(diff));
  const beside = new PNG({ width: 3 * width, height });
  [baseline, actual, diff].forEach((it, at) => PNG.bitblt(it, beside, 0, 0, width, height, at * width, 0));
  writeFileSync(`${out}/${id}-beside.png`, PNG.sync.write(beside));
  const digests = { baselineSha256: sha256(before), actualSha256: sha256(after) };
  return { id, ...digests, width, height, diffPixels, ignoredPixels: 0 };
}

const pairs = [compared('checkout')];
writeFileSync(`${out}/diff.json`, JSON.stringify({ pairs }));

const files = [
  ['report.json', 'playwright-json', 'application/json'],
  ['net.har', 'har', 'application/json'],
  ['diff.json', 'screenshot-diff', 'application/json'],
  ['console.jsonl', 'console', 'application/jsonl'],
  ['checkout.png', 'screenshot', 'image/png'],
  ['checkout-baseline.png', 'screenshot', 'image/png', `${baselines}/checkout.png`],
].map(([name, kind, type, at = `${out}/${name}`]) => ({ name, kind, type, bytes: readFileSync(at) }));

const { stats } = JSON.parse(files[0].bytes);
const startedAt = new Date(stats.startTime);
const finishedAt = new Date(startedAt.getTime() + stats.duration);
const manifest = {
  schemaVersion: 1,
  producer: 'playwright-web-suite',
  build: { artifactDigest, platform: 'web', versionName: '2.14.0' },
  runtime: { os: process.platform, browser: 'chromium' },
  run: { id: `run-${sha256(files[0].bytes).slice(0, 16)}`, startedAt, finishedAt },
  baseline: {
    artifactDigest: baselineDigest,
    createdAt: statSync(`${baselines}/checkout.png`).mtime,
  },
  files: files.map(({ name, kind, bytes }) => ({ name, sha256: sha256(bytes), kind })),
};

const parts = [
  { name: 'manifest.json', type: 'application/json', bytes: Buffer.from(JSON.stringify(manifest)) },
  ...files,
];
const boundary = `bundle-${sha256(parts[0].bytes).slice(0, 24)}`;
const body = parts.flatMap(({ name, type, bytes }) => [
  Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\n` +
      `Content-Type: ${type}\r\n\r\n`,
  ),
  bytes,
  Buffer.from('\r\n'),
]);
writeFileSync(`${out}/bundle`, Buffer.concat([...body, Buffer.from(`--${boundary}--\r\n`)]));
process.stdout.write(`multipart/form-data; boundary=${boundary}`);
