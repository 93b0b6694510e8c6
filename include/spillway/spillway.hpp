#pragma once

#include <spillway/core.hpp>
#include <spillway/io.hpp>
