<?php
// A page without a front controller: a file.
require_once __DIR__ . '/../../ran.php';

ran('file');
echo 'guarded';
