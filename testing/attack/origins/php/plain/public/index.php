<?php
// A front controller of one's own, which takes PATH_INFO where there is one, as many do.
require_once __DIR__ . '/../../ran.php';

$path = ($_SERVER['PATH_INFO'] ?? '') ?: rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
$guarded = preg_match(
    '#^/(internal/(secret|run|jobs/[^/]+/status|files/.+)|api/dashboard/latest-runs|balance/[^/]+|account|tasks/[^/]+)$#D',
    $path,
);
if ($guarded) {
    ran('path');
}
echo $guarded ? 'guarded' : 'public';
