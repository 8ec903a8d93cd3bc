// The page that is looked at, served on loopback: as it should be, and broken in three ways.
import { createServer } from 'node:http';

const page = (broken) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Checkout</title><style>
  body { margin: 0; background: #f4f6fb; }
  #basket { position: absolute; left: 24px; top: 24px; width: 272px; height: 120px; background: #dfe6f5; }
  #pay { position: absolute; left: ${broken ? 168 : 24}px; top: 168px; width: 128px; height: 48px; background: #1f6f4a; }
</style></head><body><div id="basket"></div><div id="pay" role="button" tabindex="0"></div><script>
  console.info('checkout is open');
  document.querySelector('#pay').addEventListener('click', async () => {
    const answer = await fetch('/api/orders/4711', { method: 'POST' });
    document.body.dataset.paid = answer.ok;
  });
  ${broken ? "console.error('the basket has no total');" : ''}
</script></body></html>`;

// Gives the origin, and what ends it.
export async function serve(broken) {
  const server = createServer((request, response) => {
    const answer = (status, type, body) => {
      response.writeHead(status, { 'content-type': type });
      response.end(body);
    };
    if (request.url === '/') return answer(200, 'text/html', page(broken));
    if (request.url === '/favicon.ico') return answer(204, 'image/x-icon');
    if (broken) return answer(503, 'application/json', '{"error":"no"}');
    return answer(200, 'application/json', '{"ok":true}');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { origin: `http://127.0.0.1:${server.address().port}`, end: () => server.close() };
}
