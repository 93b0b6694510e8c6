#include <iostream>

int main() { std::cout << "plain\n"; }
